use std::fmt::{self, Write as _};

use manifest::{Origin, ResourceKey};

use super::Reason;

/// One member of a cycle, and why it waits for the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CycleMember {
    /// The object.
    pub key: ResourceKey,
    /// Why it waits for the member after it (for the first, when it is the last).
    pub reason: Reason,
}

/// What is wrong with what objects say about their order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// An annotation cannot be understood.
    #[error("failed to read annotation {annotation} of {key}: expected {expected}, found {found:?}")]
    Annotation {
        /// Whose.
        key: ResourceKey,
        /// Its name.
        annotation: String,
        /// What it may hold.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
    /// Two annotations of one object say different things.
    #[error("failed to order {key}: annotations {first} and {second} contradict one another")]
    Conflict {
        /// Whose.
        key: ResourceKey,
        /// Name and value of one.
        first: String,
        /// Name and value of the other.
        second: String,
    },
    /// An annotation names an object that is not in the set.
    #[error("failed to order {key}: annotation {annotation} names {dependency}, which is not in the set")]
    MissingDependency {
        /// Whose.
        key: ResourceKey,
        /// Name of the annotation.
        annotation: &'static str,
        /// What it names.
        dependency: ResourceKey,
    },
    /// The set holds two objects of one key.
    #[error("failed to order {key}: it is given twice, in {first} and in {second}")]
    Duplicate {
        /// Their key.
        key: ResourceKey,
        /// Where one was read.
        first: Origin,
        /// Where the other was read.
        second: Origin,
    },
    /// Objects wait for one another.
    #[error("failed to order {}: {}", members(.0), chain(.0))]
    Cycle(Vec<CycleMember>),
}

impl Problem {
    /// The keys of the objects that cannot be written because of it.
    pub fn keys(&self) -> Vec<&ResourceKey> {
        match self {
            Self::Annotation { key, .. }
            | Self::Conflict { key, .. }
            | Self::MissingDependency { key, .. }
            | Self::Duplicate { key, .. } => vec![key],
            Self::Cycle(members) => members.iter().map(|member| &member.key).collect(),
        }
    }
}

fn members(cycle: &[CycleMember]) -> String {
    let names: Vec<_> = cycle.iter().map(|member| member.key.to_string()).collect();
    names.join(", ")
}

fn chain(cycle: &[CycleMember]) -> String {
    let Some(first) = cycle.first() else {
        return String::new();
    };
    let mut text = first.key.to_string();
    for (index, member) in cycle.iter().enumerate() {
        let next = cycle.get(index + 1).unwrap_or(first);
        let joint = if index == 0 {
            " waits for"
        } else {
            ", which waits for"
        };
        let _ = write!(text, "{joint} {} ({})", next.key, member.reason);
    }
    text
}

/// Something that an object asks for and will not get.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// A kapp rule that wants a deletion before a write; deletions come after all writes.
    DeletionComesLater {
        /// Whose.
        key: ResourceKey,
        /// The rule as written.
        rule: String,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeletionComesLater { key, rule } => {
                write!(f, "{key} asks for {rule:?}, but deletions come after all writes")
            }
        }
    }
}
