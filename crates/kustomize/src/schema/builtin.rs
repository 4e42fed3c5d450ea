use super::ListMerge;

include!(concat!(env!("OUT_DIR"), "/openapi.rs"));
include!(concat!(env!("OUT_DIR"), "/scopes.rs"));

/// Fields of a type, sorted by name.
type Type = &'static [(&'static str, Field)];

enum Field {
    One(usize),
    Merge {
        item: Option<usize>,
        keys: &'static [&'static str],
    },
}

/// A place in the compiled-in schema.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    Type(usize),
    List {
        item: Option<usize>,
        keys: &'static [&'static str],
    },
    /// Known, with nothing below it that merges.
    Leaf,
}

/// The type of a kind.
pub(super) fn of_kind(api_version: &str, kind: &str) -> Option<Place> {
    KINDS
        .binary_search_by(|(a, k, _)| (*a, *k).cmp(&(api_version, kind)))
        .ok()
        .map(|index| Place::Type(KINDS[index].2))
}

/// Whether a kind lives in namespaces, if it is known.
pub(super) fn is_namespaced(api_version: &str, kind: &str) -> Option<bool> {
    SCOPES
        .binary_search_by(|(a, k, _)| (*a, *k).cmp(&(api_version, kind)))
        .ok()
        .map(|index| SCOPES[index].2)
}

impl Place {
    pub(super) fn field(self, name: &str) -> Option<Self> {
        let Self::Type(number) = self else {
            return None;
        };
        let (_, field) = TYPES[number].iter().find(|(field, _)| *field == name)?;
        Some(match field {
            Field::One(number) => Self::Type(*number),
            Field::Merge { item, keys } => Self::List { item: *item, keys },
        })
    }

    pub(super) fn items(self) -> Option<Self> {
        match self {
            Self::List { item, .. } => Some(item.map_or(Self::Leaf, Self::Type)),
            _ => None,
        }
    }

    pub(super) fn list_merge(self) -> ListMerge {
        match self {
            Self::List { keys, .. } => ListMerge {
                merges: true,
                keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            },
            _ => ListMerge::default(),
        }
    }
}

/// The type of that name; what is unknown has nothing below it that merges.
pub(super) fn by_name(name: &str) -> Place {
    NAMES
        .binary_search_by(|(known, _)| (*known).cmp(name))
        .map_or(Place::Leaf, |index| Place::Type(NAMES[index].1))
}
