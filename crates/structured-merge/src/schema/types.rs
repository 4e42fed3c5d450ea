use rustc_hash::FxHashMap;
use serde_json::Value;
use smol_str::SmolStr;

use crate::wire::Default;

/// A type, by its place in [`Types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeId(pub(super) u32);

/// All types that the asked-for kinds need. They refer to one another by place, so recursion is no problem.
#[derive(Debug)]
pub(crate) struct Types {
    pub(super) list: Vec<Type>,
}

/// What a value may be. More than one form is possible: an int-or-string, or anything at all.
#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct Type {
    pub(crate) scalar: Option<ScalarType>,
    pub(crate) list: Option<ListType>,
    pub(crate) map: Option<MapType>,
}

/// A scalar, and how the server's own types read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScalarType {
    pub(crate) kind: ScalarKind,
    pub(crate) wire: Wire,
}

/// Which scalars are accepted by the merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScalarKind {
    Numeric,
    String,
    Boolean,
    Untyped,
}

/// What else must hold for the server's own types to read a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    Any,
    Integer,
    Base64,
    Quantity,
    IntOrString,
}

#[derive(Clone, Debug)]
pub(crate) struct ListType {
    pub(crate) element: TypeId,
    pub(crate) kind: ListKind,
}

/// How items of a list are owned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ListKind {
    /// All together.
    Atomic,
    /// Each scalar by its value.
    Set,
    /// Each map by its key fields, which may have defaults.
    Keyed(Vec<KeyField>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyField {
    pub(crate) name: SmolStr,
    pub(crate) default: Option<Value>,
}

#[derive(Clone, Debug, std::default::Default)]
pub(crate) struct MapType {
    pub(crate) fields: FxHashMap<SmolStr, Field>,
    /// Type of what is not declared; without it, nothing else is allowed.
    pub(crate) element: Option<TypeId>,
    pub(crate) atomic: bool,
    /// Whether the server reads the map into a type of its own.
    pub(crate) built_in: bool,
    /// What declared fields are when they are left out, as far as it is known.
    pub(crate) defaults: Vec<Default>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) of: TypeId,
    /// The default that the schema states; it completes list keys.
    pub(crate) default: Option<Value>,
    /// Whether the server's own type writes the field even when it is empty.
    pub(crate) always_written: bool,
    /// Whether the server's own type does not tell zero, false or an empty text from nothing.
    pub(crate) omits_zero: bool,
}

/// Any value, owned as a whole.
pub(super) const UNTYPED: TypeId = TypeId(0);
/// Any value: maps are owned field by field, lists as a whole.
pub(crate) const DEDUCED: TypeId = TypeId(1);

impl Types {
    /// The two types that need no schema.
    pub(super) fn common() -> Self {
        let anything = |map_element, atomic| Type {
            scalar: Some(ScalarType::UNTYPED),
            list: Some(ListType {
                element: UNTYPED,
                kind: ListKind::Atomic,
            }),
            map: Some(MapType {
                element: Some(map_element),
                atomic,
                ..MapType::default()
            }),
        };
        Self {
            list: vec![anything(UNTYPED, true), anything(DEDUCED, false)],
        }
    }

    pub(crate) fn get(&self, id: TypeId) -> &Type {
        &self.list[id.0 as usize]
    }
}

impl ScalarType {
    pub(super) const UNTYPED: Self = Self::of(ScalarKind::Untyped);

    pub(super) const fn of(kind: ScalarKind) -> Self {
        Self {
            kind,
            wire: Wire::Any,
        }
    }
}

impl MapType {
    /// Type of a field, declared or not; `None` when the field is not allowed.
    pub(crate) fn field_type(&self, name: &str) -> Option<TypeId> {
        self.fields.get(name).map(|field| field.of).or(self.element)
    }

    pub(crate) fn declares(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Whether nothing is declared and anything allowed.
    pub(crate) fn is_deduced(&self) -> bool {
        self.fields.is_empty() && self.element == Some(DEDUCED)
    }
}
