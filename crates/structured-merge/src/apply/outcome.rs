use std::fmt;

use serde_json::Value;

use super::changes::{Changes, FieldChange, explain};
use super::conflicts::Conflicts;
use super::whole_object::without_managed_fields;
use crate::managed_fields::ManagedFieldsEntry;
use crate::path::Path;
use crate::typed::ValidationErrors;

/// What an apply would come to.
#[derive(Debug)]
pub enum Outcome {
    /// It would succeed.
    Applied(Box<Applied>),
    /// Other managers own fields that it would change.
    Conflicts(Conflicts),
    /// The server would refuse the configuration.
    Invalid(Invalid),
    /// Only the server can tell.
    AskServer(Doubt),
}

/// What a successful apply would leave.
#[derive(Clone, PartialEq)]
pub struct Applied {
    /// The object, without `managedFields`; `None` where the live one stays as it is. Fields that nobody owns may
    /// be missing: see [`Applied::doubts`].
    pub object: Option<Value>,
    /// Who would own what, in the server's order. The entry of this apply has no time yet.
    pub managed_fields: Vec<ManagedFieldsEntry>,
    /// Fields that would change.
    pub changes: Changes,
    /// What cannot be known here, by field.
    pub doubts: Vec<(Path, Doubt)>,
}

impl Applied {
    /// Whether neither the object nor its ownership would change.
    pub fn is_no_op(&self) -> bool {
        self.changes.is_empty() && !self.changes.ownership
    }

    /// The object with its managed fields, as it would be read. `live` is what it was applied to.
    pub fn into_object(self, live: Option<&Value>) -> Value {
        let stays = || live.map(without_managed_fields);
        let mut object = self.object.or_else(stays).unwrap_or_default();
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            let entries = self.managed_fields.iter().map(ManagedFieldsEntry::to_value);
            metadata.insert("managedFields".to_owned(), entries.collect());
        }
        object
    }

    /// For each field that would change, in value or in ownership: what happens to it, who owns it and who will.
    pub fn explain(&self, live: Option<&Value>, manager: &str) -> Vec<FieldChange> {
        let before = live
            .map(ManagedFieldsEntry::of)
            .and_then(Result::ok)
            .unwrap_or_default();
        explain(&before, &self.managed_fields, &self.changes, manager)
    }
}

impl fmt::Debug for Applied {
    /// Names fields, never values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Applied")
            .field("changes", &self.changes)
            .field("doubts", &self.doubts)
            .finish_non_exhaustive()
    }
}

/// Why a prediction, or a part of one, is left to the server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// The schema of the kind is not known.
    #[error("the schema of {0} is not known")]
    NoSchema(String),
    /// Fields are owned in another version of the kind, and the versions may differ.
    #[error("fields are owned in version {0}, which only the server can convert")]
    OtherVersion(String),
    /// The live object was read in another version than that of the configuration.
    #[error("the live object is of version {0}")]
    LiveVersion(String),
    /// `managedFields` cannot be read.
    #[error("the managed fields cannot be read: {0}")]
    ManagedFields(String),
    /// The configuration states `status`, and it is not known whether the server ignores it.
    #[error("the server may ignore status")]
    Status,
    /// The configuration states a field of `metadata` as a precondition.
    #[error("the server checks metadata.{0} against the stored object")]
    Precondition(&'static str),
    /// The server may fill in fields that are left out here.
    #[error("the server may set defaults")]
    Defaults,
}

/// Why the server would refuse a configuration, in its words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The configuration is of another kind or version than the request.
    #[error("invalid object type: {0}")]
    ObjectType(String),
    /// The configuration states `managedFields`.
    #[error("metadata.managedFields must be nil")]
    ManagedFields,
    /// A field is unknown or of the wrong type, or a list names an item twice.
    #[error("failed to create typed patch object ({object}): {errors}")]
    Type {
        /// `namespace/name; group/version, Kind=Kind`.
        object: String,
        /// What is wrong, by field.
        errors: ValidationErrors,
    },
    /// The live object does not fit the schema.
    #[error("failed to create typed live object ({object}): {errors}")]
    Live {
        /// `namespace/name; group/version, Kind=Kind`.
        object: String,
        /// What is wrong, by field.
        errors: ValidationErrors,
    },
    /// The merge is impossible.
    #[error("failed to merge config: {0}")]
    Merge(ValidationErrors),
    /// The server's own types cannot read the merged object.
    #[error("failed to convert new object ({object}) to proper version: {path}: {problem}")]
    Convert {
        /// `namespace/name; group/version, Kind=Kind`.
        object: String,
        /// The field.
        path: Path,
        /// What is wrong with it.
        problem: &'static str,
    },
}
