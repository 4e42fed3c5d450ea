//! The values that templates work with.

mod bytes;
mod convert;
mod equal;
mod list;
mod map;
mod object;
pub(crate) mod types;

use std::borrow::Cow;
use std::rc::Rc;

pub use bytes::Str;
pub(crate) use equal::simple_equal;
pub use list::List;
pub use map::Map;
pub(crate) use map::WeakMap;
pub use object::Object;
pub use types::{Element, Kind, Method, MethodBody, NamedType, Type};

use crate::function::Function;

/// A Go value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Nil, or no value.
    #[default]
    Nil,
    /// `bool`
    Bool(bool),
    /// `int`
    Int(i64),
    /// `int64`
    Int64(i64),
    /// `uint8`, what a byte of a string is
    Uint8(u8),
    /// `uint64`
    Uint64(u64),
    /// `float64`
    Float(f64),
    /// `complex128`
    Complex(f64, f64),
    /// `string`
    Str(Str),
    /// `[]uint8`
    Bytes(Str),
    /// A slice.
    List(List),
    /// A map.
    Map(Map),
    /// A struct or a pointer to one.
    Object(Rc<dyn Object>),
    /// A function, for `call`.
    Function(Rc<Function>),
}

impl Value {
    /// A value of a Rust type that stands for a Go struct.
    pub fn object(object: impl Object) -> Self {
        Self::Object(Rc::new(object))
    }

    /// An empty `map[string]interface {}`.
    pub fn map() -> Self {
        Self::Map(Map::new())
    }

    /// A `[]string`.
    pub fn strings<S: Into<Str>>(items: impl IntoIterator<Item = S>) -> Self {
        let items = items.into_iter().map(|item| Self::Str(item.into())).collect();
        Self::List(List::of(Element::String, items))
    }

    /// Go's kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Nil => Kind::Invalid,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Int64(_) => Kind::Int64,
            Self::Uint8(_) => Kind::Uint8,
            Self::Uint64(_) => Kind::Uint64,
            Self::Float(_) => Kind::Float64,
            Self::Complex(..) => Kind::Complex128,
            Self::Str(_) => Kind::String,
            Self::Bytes(_) | Self::List(_) => Kind::Slice,
            Self::Map(_) => Kind::Map,
            Self::Object(object) => object.kind(),
            Self::Function(_) => Kind::Func,
        }
    }

    /// Go's name of the type, as `%T` prints it.
    pub fn type_name(&self) -> Cow<'static, str> {
        match self {
            Self::Nil => "<nil>".into(),
            Self::Bytes(_) => "[]uint8".into(),
            Self::List(list) => match list.named_type() {
                Some(named) => named.name.into(),
                None => format!("[]{}", list.element().name()).into(),
            },
            Self::Map(map) => match map.named_type() {
                Some(named) => named.name.into(),
                None => format!("map[string]{}", map.element().name()).into(),
            },
            Self::Object(object) => object.type_name().into(),
            Self::Function(function) => function.type_name().into(),
            _ => self.kind().name().into(),
        }
    }

    /// Whether `if` takes it for true.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(b) => *b,
            Self::Int(i) | Self::Int64(i) => *i != 0,
            Self::Uint8(u) => *u != 0,
            Self::Uint64(u) => *u != 0,
            Self::Float(f) => *f != 0.0,
            Self::Complex(re, im) => *re != 0.0 || *im != 0.0,
            Self::Str(s) | Self::Bytes(s) => !s.is_empty(),
            Self::List(list) => !list.items().is_empty(),
            Self::Map(map) => !map.is_empty(),
            Self::Object(_) | Self::Function(_) => true,
        }
    }

    /// Whether it is nil: no value, or a nil list or map.
    pub fn is_nil(&self) -> bool {
        match self {
            Self::Nil => true,
            Self::List(list) => list.is_nil(),
            Self::Map(map) => map.is_nil(),
            _ => false,
        }
    }

    /// The bytes of a string.
    pub fn as_str(&self) -> Option<&Str> {
        if let Self::Str(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// The map that it is.
    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(map) = self {
            Some(map)
        } else {
            None
        }
    }

    /// The list that it is.
    pub fn as_list(&self) -> Option<&List> {
        if let Self::List(list) = self {
            Some(list)
        } else {
            None
        }
    }

    /// The object of a Rust type that it is.
    pub fn as_object<T: Object>(&self) -> Option<&T> {
        if let Self::Object(object) = self {
            object.downcast_ref()
        } else {
            None
        }
    }

    pub(crate) fn is_container(&self) -> bool {
        matches!(self, Self::List(_) | Self::Map(_))
    }
}

/// Drops values without recursion: lists may nest deeper than the stack allows.
fn release(values: impl IntoIterator<Item = Value>) {
    let mut pending: Vec<Value> = values.into_iter().filter(Value::is_container).collect();
    while let Some(value) = pending.pop() {
        let inner = match value {
            Value::List(list) => list.take_unshared(),
            Value::Map(map) => map.take_unshared(),
            _ => continue,
        };
        pending.extend(inner.into_iter().filter(Value::is_container));
    }
}
