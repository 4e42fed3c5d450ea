use manifest::{Origin, ResourceKey};
use serde_json::Value;

use super::Label;

/// How the state after an apply is found out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DiffMode {
    /// The server is asked about every object, by a dry run.
    Exact,
    /// The server is asked about what differs locally; the rest is known to be unchanged.
    #[default]
    Filtered,
    /// The server is only read; the state after is predicted here. Needs no right to write.
    ReadOnly,
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

/// What applying would do to one object.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectDiff {
    /// The object.
    pub key: ResourceKey,
    /// Where it was read; the default for what is only in the cluster.
    pub origin: Origin,
    /// What would be done.
    pub change: ObjectChange,
    /// How that was found out; differs from what was asked for when the server did not allow it.
    pub mode: DiffMode,
    /// What differs, by path.
    pub fields: Vec<FieldDiff>,
    /// Live as it is, masked and without the server's own bookkeeping; null when there is none.
    pub before: Value,
    /// Live as it would be, masked alike.
    pub after: Value,
    /// Why it is kept or refused, or why another mode was used.
    pub note: Option<String>,
}
