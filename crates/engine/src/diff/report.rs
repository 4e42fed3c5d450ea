use std::fmt;

use manifest::{Origin, ResourceKey};
use serde_json::Value;

use super::{Explanation, Label};

/// How the state after an apply is to be found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DiffMode {
    /// The server is asked about every object, by a dry run.
    Exact,
    /// It is predicted here, and the server asked, by a dry run, only where that leaves something in doubt.
    #[default]
    Filtered,
    /// The server is only read, and what cannot be predicted is said to be unknown. Needs no right to write.
    ReadOnly,
}

/// How it was found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Answer {
    /// What is live is as desired, or is left alone: there was nothing to find out.
    #[default]
    Known,
    /// Predicted here.
    Predicted,
    /// By the server, in a dry run.
    Asked,
}

/// Why the state after an apply was found out in another way than the mode prefers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// The server was asked, for the prediction left this in doubt.
    Doubt(String),
    /// It was predicted, for the server does not allow us to ask.
    Forbidden(String),
    /// It was predicted, for the server cannot tell yet: the namespace or the kind does not exist.
    TooEarly(String),
    /// It was predicted, for a dry run cannot show it: fields of client-side apply become ours first.
    Migration,
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Doubt(reason) => write!(f, "asked the server: {reason}"),
            Self::Forbidden(reason) | Self::TooEarly(reason) => {
                write!(f, "predicted without the server ({reason})")
            }
            Self::Migration => f.write_str("predicted: fields of client-side apply become ours first"),
        }
    }
}

/// What applying would do to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ObjectChange {
    /// It does not exist and would be created.
    Create,
    /// It exists and would be changed.
    Update,
    /// It would be deleted and created again: a hook that runs anew, or a field that cannot be changed.
    Recreate,
    /// It is as desired.
    None,
    /// It would be deleted.
    Delete,
    /// It would be deleted, but something holds that back.
    Keep,
    /// The server would refuse it.
    Refused,
}

/// One field that differs. Values are masked where they are secret.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldDiff {
    /// Where: `spec.template.spec.containers[name=web].image`.
    pub path: String,
    /// Whose change it is.
    pub label: Label,
    /// The live value; `None` when there is none.
    pub before: Option<Value>,
    /// The value after an apply; `None` when the field goes.
    pub after: Option<Value>,
}

/// A field of which something cannot be known without asking the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField {
    /// Where, as the server prints it: `.spec.template.spec.containers[name="web"]`; empty for the whole object.
    pub path: String,
    /// What is not known of it, or of what is below it.
    pub reason: String,
}

/// What applying would do to one object.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectDiff {
    /// The object.
    pub key: ResourceKey,
    /// Where it was read; the default for what is only in the cluster.
    pub origin: Origin,
    /// What would be done.
    pub change: ObjectChange,
    /// How that was to be found out.
    pub mode: DiffMode,
    /// How it was found out.
    pub answer: Answer,
    /// Why not in the way that the mode prefers.
    pub fallback: Option<Fallback>,
    /// What differs, by path.
    pub fields: Vec<FieldDiff>,
    /// What happens to each field, in value or in owner, by path.
    pub explained: Vec<Explanation>,
    /// What is not known, where the server was not asked.
    pub unknown: Vec<UnknownField>,
    /// Live as it is, masked and without the server's own bookkeeping; null when there is none.
    pub before: Value,
    /// Live as it would be, masked alike.
    pub after: Value,
    /// Why it is kept or refused, or what the server warns of.
    pub note: Option<String>,
}
