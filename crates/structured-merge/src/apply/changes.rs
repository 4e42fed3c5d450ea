//! What an apply changes, and whose it is.

use serde_json::Value;

use super::outcome::Doubt;
use crate::field_set::FieldSet;
use crate::managed_fields::{ManagedFieldsEntry, Operation};
use crate::path::{Path, PathElement};
use crate::schema::{ObjectSchema, Origin, TypeId};
use crate::typed::compare;

/// The fields in which the predicted object differs from the live one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Fields that appear.
    pub added: FieldSet,
    /// Fields with another value.
    pub modified: FieldSet,
    /// Fields that go.
    pub removed: FieldSet,
    /// Whether the applying manager would own other fields than before.
    pub ownership: bool,
}

/// What happens to one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The manager writes it; nobody else owned it.
    Set,
    /// It goes: the manager gave it up, and nobody else owns it.
    Removed,
    /// The manager writes it, and others who owned it lose it.
    TakenOver,
    /// The value stays, and the manager owns it together with others from now on.
    Shared,
    /// The value stays, and the manager owns it from now on.
    Adopted,
    /// The manager gave it up; it stays, for others own it or nobody ever did.
    GivenUp,
    /// Nobody owns it: the server sets it.
    Defaulted,
}

/// A manager that owns a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its name.
    pub manager: String,
    /// How it came to own the field.
    pub operation: Operation,
    /// Subresource by which it was written; empty for the object itself.
    pub subresource: String,
}

/// One field that changes, in value or in ownership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldChange {
    /// The field.
    pub path: Path,
    /// What happens to it.
    pub action: Action,
    /// Who owned it.
    pub before: Vec<Owner>,
    /// Who will own it.
    pub after: Vec<Owner>,
}

impl Changes {
    pub(crate) fn between(schema: &ObjectSchema, live: &Value, object: &Value, ownership: bool) -> Self {
        let empty = Value::Object(serde_json::Map::new());
        let live = if live.is_null() { &empty } else { live };
        let changes = compare(&schema.types, schema.root, live, object);
        let managed_fields = std::iter::once(Path::fields(["metadata", "managedFields"]).0).collect();
        Self {
            added: changes.added,
            modified: changes.modified,
            removed: changes.removed.recursive_difference(&managed_fields),
            ownership,
        }
    }

    /// The object stays as it is.
    pub(super) fn of_ownership(ownership: bool) -> Self {
        Self {
            ownership,
            ..Self::default()
        }
    }

    /// Whether the object stays as it is.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.modified.is_empty() && self.removed.is_empty()
    }

    /// New structures of built-in kinds may get defaults that are not known here.
    pub(super) fn doubts(&self, schema: &ObjectSchema) -> Vec<(Path, Doubt)> {
        let mut doubts = Vec::new();
        if schema.origin == Origin::BuiltIn {
            find_structures(
                schema,
                schema.root,
                &self.added.union(&self.modified),
                &mut Vec::new(),
                &mut doubts,
            );
        }
        doubts
    }
}

/// Adds the topmost structures that are new, or replaced as a whole.
fn find_structures(
    schema: &ObjectSchema,
    of: TypeId,
    written: &FieldSet,
    path: &mut Vec<PathElement>,
    doubts: &mut Vec<(Path, Doubt)>,
) {
    let of = schema.types.get(of);
    for node in written.nodes() {
        let below_type = match (&node.element, &of.map, &of.list) {
            (PathElement::Field(name), Some(map), _) => map.field_type(name),
            (PathElement::Key(_), _, Some(list)) => Some(list.element),
            _ => None,
        };
        let Some(below_type) = below_type else {
            continue;
        };
        path.push(node.element.clone());
        let is_structure = holds_structures(schema, below_type);
        if node.member && is_structure {
            doubts.push((Path(path.clone()), Doubt::Defaults));
        } else if !node.below.is_empty() {
            find_structures(schema, below_type, &node.below, path, doubts);
        }
        path.pop();
    }
}

/// Whether values of a type have declared fields, or are lists of such.
fn holds_structures(schema: &ObjectSchema, of: TypeId) -> bool {
    let declares = |of: TypeId| {
        schema
            .types
            .get(of)
            .map
            .as_ref()
            .is_some_and(|map| !map.fields.is_empty())
    };
    declares(of)
        || schema
            .types
            .get(of)
            .list
            .as_ref()
            .is_some_and(|list| declares(list.element))
}

/// What happens to each field that changes, in value or in owner.
pub(crate) fn explain(
    before: &[ManagedFieldsEntry],
    after: &[ManagedFieldsEntry],
    changes: &Changes,
    manager: &str,
) -> Vec<FieldChange> {
    let own = |entries: &[ManagedFieldsEntry]| {
        let own = entries.iter().find(|entry| {
            entry.operation == Operation::Apply && entry.subresource.is_empty() && entry.manager == manager
        });
        own.map_or_else(FieldSet::default, |entry| entry.fields.clone())
    };
    let (own_before, own_after) = (own(before), own(after));
    let written = changes.added.union(&changes.modified).leaves();
    let removed = changes.removed.leaves();
    let changed = written.union(&changes.removed);
    let mut result = Vec::new();
    let mut report = |fields: &FieldSet, action: &dyn Fn(&[Owner], &[PathElement]) -> Action| {
        fields.walk(|path| {
            let (before, after) = (owners(before, path), owners(after, path));
            let action = action(&before, path);
            let path = Path(path.to_vec());
            result.push(FieldChange {
                path,
                action,
                before,
                after,
            });
        });
    };
    let is_other = |owner: &Owner| owner.manager != manager || owner.operation != Operation::Apply;
    report(&written, &|before, path| match own_after.contains(path) {
        false => Action::Defaulted,
        true if before.iter().any(is_other) => Action::TakenOver,
        true => Action::Set,
    });
    report(&removed, &|_, _| Action::Removed);
    report(
        &own_after.difference(&own_before).difference(&changed).leaves(),
        &|before, _| {
            if before.iter().any(is_other) {
                Action::Shared
            } else {
                Action::Adopted
            }
        },
    );
    report(
        &own_before.difference(&own_after).difference(&changed).leaves(),
        &|_, _| Action::GivenUp,
    );
    result.sort_by(|a, b| a.path.cmp(&b.path));
    result
}

fn owners(entries: &[ManagedFieldsEntry], path: &[PathElement]) -> Vec<Owner> {
    let owning = entries.iter().filter(|entry| entry.fields.contains(path));
    let owners = owning.map(|entry| Owner {
        manager: entry.manager.clone(),
        operation: entry.operation,
        subresource: entry.subresource.clone(),
    });
    owners.collect()
}
