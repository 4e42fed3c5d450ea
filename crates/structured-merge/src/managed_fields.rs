//! `metadata.managedFields`: who owns which fields of an object.

use std::fmt;

use serde_json::{Map, Value};

use crate::field_set::{FieldSet, InvalidFieldSet};

/// How a manager came to own its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// By server-side apply: what it no longer applies is removed.
    Apply,
    /// By any other write.
    Update,
}

impl Operation {
    /// `Apply` or `Update`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::Update => "Update",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One entry of `metadata.managedFields`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedFieldsEntry {
    /// Name of the manager; may be empty.
    pub manager: String,
    /// How it came to own the fields.
    pub operation: Operation,
    /// Version of the object in which the fields are named.
    pub api_version: String,
    /// Time of the last change, as the server wrote it.
    pub time: Option<String>,
    /// `status` or another subresource; empty for the object itself.
    pub subresource: String,
    /// The fields.
    pub fields: FieldSet,
}

/// Why `metadata.managedFields` could not be read.
#[derive(Debug, thiserror::Error)]
pub enum InvalidManagedFields {
    /// Not a list of maps.
    #[error("metadata.managedFields must be a list of maps")]
    NotAList,
    /// Neither `Apply` nor `Update`.
    #[error("managed fields of {manager:?} have an unknown operation {operation:?}")]
    UnknownOperation {
        /// Manager of the entry.
        manager: String,
        /// The operation as written.
        operation: String,
    },
    /// Another form than `FieldsV1`.
    #[error("managed fields of {manager:?} have an unknown type {fields_type:?}")]
    UnknownType {
        /// Manager of the entry.
        manager: String,
        /// The type as written.
        fields_type: String,
    },
    /// `fieldsV1` is none.
    #[error("failed to read managed fields of {manager:?}")]
    Fields {
        /// Manager of the entry.
        manager: String,
        /// What is wrong.
        source: InvalidFieldSet,
    },
}

impl ManagedFieldsEntry {
    /// All entries of an object, in their order; none when it has no `managedFields`.
    pub fn of(object: &Value) -> Result<Vec<Self>, InvalidManagedFields> {
        entries_of(object)?.iter().map(Self::from_value).collect()
    }

    /// Reads one entry.
    pub fn from_value(entry: &Value) -> Result<Self, InvalidManagedFields> {
        Self::with_fields(entry, None)
    }

    /// Reads one entry, of which the fields may be known.
    pub(crate) fn with_fields(entry: &Value, fields: Option<FieldSet>) -> Result<Self, InvalidManagedFields> {
        let head = EntryHead::of(entry).ok_or(InvalidManagedFields::NotAList)?;
        let manager = head.manager.to_owned();
        let operation = match head.operation {
            "Apply" => Operation::Apply,
            "Update" => Operation::Update,
            other => {
                let operation = other.to_owned();
                return Err(InvalidManagedFields::UnknownOperation { manager, operation });
            }
        };
        if !matches!(head.text("fieldsType"), "FieldsV1" | "") {
            let fields_type = head.text("fieldsType").to_owned();
            return Err(InvalidManagedFields::UnknownType { manager, fields_type });
        }
        let time = head.text("time");
        Ok(Self {
            operation,
            api_version: head.api_version.to_owned(),
            time: (!time.is_empty()).then(|| time.to_owned()),
            subresource: head.subresource.to_owned(),
            fields: fields.map_or_else(|| head.fields(), Ok)?,
            manager,
        })
    }

    /// The entry as an object holds it.
    pub fn to_value(&self) -> Value {
        let mut entry = Map::new();
        if !self.manager.is_empty() {
            entry.insert("manager".into(), self.manager.as_str().into());
        }
        entry.insert("operation".into(), self.operation.as_str().into());
        entry.insert("apiVersion".into(), self.api_version.as_str().into());
        if let Some(time) = &self.time {
            entry.insert("time".into(), time.as_str().into());
        }
        entry.insert("fieldsType".into(), "FieldsV1".into());
        entry.insert("fieldsV1".into(), self.fields.to_value());
        if !self.subresource.is_empty() {
            entry.insert("subresource".into(), self.subresource.as_str().into());
        }
        Value::Object(entry)
    }
}

/// The raw entries of an object.
pub(crate) fn entries_of(object: &Value) -> Result<&[Value], InvalidManagedFields> {
    match object
        .get("metadata")
        .and_then(|metadata| metadata.get("managedFields"))
    {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(entries)) => Ok(entries),
        Some(_) => Err(InvalidManagedFields::NotAList),
    }
}

/// What tells entries apart, read without reading their fields.
#[derive(Clone, Copy)]
pub(crate) struct EntryHead<'a> {
    entry: &'a Map<String, Value>,
    pub(crate) manager: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) api_version: &'a str,
    pub(crate) subresource: &'a str,
}

impl<'a> EntryHead<'a> {
    pub(crate) fn of(entry: &'a Value) -> Option<Self> {
        let entry = entry.as_object()?;
        let text = |name| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        Some(Self {
            entry,
            manager: text("manager"),
            operation: text("operation"),
            api_version: text("apiVersion"),
            subresource: text("subresource"),
        })
    }

    /// Whether this is the entry that applies of this manager to the whole object are recorded in.
    pub(crate) fn is_apply_of(&self, manager: &str) -> bool {
        self.operation == "Apply" && self.subresource.is_empty() && self.manager == manager
    }

    /// Whether this records writes of this manager to the whole object other than by apply.
    pub(crate) fn is_update_of(&self, manager: &str) -> bool {
        self.operation == "Update" && self.subresource.is_empty() && self.manager == manager
    }

    /// The fields as they are written.
    pub(crate) fn raw_fields(&self) -> Option<&'a Value> {
        self.entry.get("fieldsV1")
    }

    pub(crate) fn fields(&self) -> Result<FieldSet, InvalidManagedFields> {
        match self.entry.get("fieldsV1") {
            None | Some(Value::Null) => Ok(FieldSet::default()),
            Some(fields) => FieldSet::from_value(fields).map_err(|source| InvalidManagedFields::Fields {
                manager: self.manager.to_owned(),
                source,
            }),
        }
    }

    fn text(&self, name: &str) -> &'a str {
        self.entry.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}
