use std::fmt;

use super::annotations as names;

/// How a generated object meets one that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behavior {
    Unspecified,
    Create,
    Replace,
    Merge,
}

impl Behavior {
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            "create" => Self::Create,
            "replace" => Self::Replace,
            "merge" => Self::Merge,
            _ => Self::Unspecified,
        }
    }
}

impl fmt::Display for Behavior {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::Create => "create",
            Self::Replace => "replace",
            Self::Merge => "merge",
        })
    }
}

/// A name, namespace and kind that an object had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Previous {
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) kind: String,
}

/// What the build remembers about an object. kustomize keeps it in annotations of the object, which shows in
/// a few places; [`State::annotations`] gives it in that form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of its own, as in the annotations"
)]
pub(crate) struct State {
    pub(crate) previous: Vec<Previous>,
    pub(crate) prefixes: Vec<String>,
    pub(crate) suffixes: Vec<String>,
    pub(crate) behavior: Option<Behavior>,
    pub(crate) needs_hash: bool,
    pub(crate) allow_name_change: bool,
    pub(crate) allow_kind_change: bool,
    pub(crate) helm_generated: bool,
}

impl State {
    /// As annotations, sorted by name.
    pub(crate) fn annotations(&self) -> Vec<(&'static str, String)> {
        let previous = |part: fn(&Previous) -> &str| {
            let parts: Vec<&str> = self.previous.iter().map(part).collect();
            parts.join(",")
        };
        let flag = |set: bool| if set { "enabled".to_owned() } else { String::new() };
        let mut annotations = vec![
            (names::ALLOW_KIND_CHANGE, flag(self.allow_kind_change)),
            (names::ALLOW_NAME_CHANGE, flag(self.allow_name_change)),
            (
                names::BEHAVIOR,
                self.behavior
                    .map_or_else(String::new, |behavior| behavior.to_string()),
            ),
            (
                HELM,
                if self.helm_generated {
                    "true".to_owned()
                } else {
                    String::new()
                },
            ),
            (names::NEEDS_HASH, flag(self.needs_hash)),
            (names::PREFIXES, self.prefixes.join(",")),
            (names::PREVIOUS_KINDS, previous(|previous| &previous.kind)),
            (names::PREVIOUS_NAMES, previous(|previous| &previous.name)),
            (
                names::PREVIOUS_NAMESPACES,
                previous(|previous| &previous.namespace),
            ),
            (names::SUFFIXES, self.suffixes.join(",")),
        ];
        annotations.retain(|(_, value)| !value.is_empty());
        annotations
    }
}

const HELM: &str = names::HELM_GENERATED;
