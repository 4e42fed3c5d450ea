//! The apply itself.

use std::borrow::Cow;

use serde_json::Value;

use super::changes::Changes;
use super::conflicts::Conflicts;
use super::entries::Entries;
use super::last_applied;
use super::managers::Managers;
use super::outcome::{Applied, Doubt, Invalid, Outcome};
use super::prune::prune;
use super::server_fields::{before_first_apply, precondition, reset_fields, restore, unowned};
use super::whole_object::{equal_objects, without_managed_fields, without_unwritten};
use super::zero::empty_object;
use crate::field_set::FieldSet;
use crate::managed_fields::{ManagedFieldsEntry, Operation};
use crate::schema::{ObjectSchema, VersionRelation};
use crate::typed::{
    Comparison, Duplicates, Merged, ValidationErrors, compare, merge, to_field_set, validate,
};
use crate::wire::{follow_strategy, normalise};

/// Who applies, and how.
#[derive(Clone, Copy, Debug)]
pub struct ApplyOptions<'a> {
    /// Name of the field manager.
    pub manager: &'a str,
    /// Whether fields of other managers are taken over.
    pub force: bool,
    /// The server's time (`2026-01-01T00:00:00Z`), where it is known: it goes into the entry of this apply.
    pub time: Option<&'a str>,
}

/// Predicts the apply of `config` to `live`, or to nothing when the object does not exist.
///
/// `live` and `config` are of the version that `schema` describes.
pub fn apply(
    live: Option<&Value>,
    config: &Value,
    options: ApplyOptions<'_>,
    schema: &ObjectSchema,
) -> Outcome {
    let result = Apply {
        config,
        options,
        schema,
    }
    .run(live);
    match result {
        Ok(applied) => Outcome::Applied(Box::new(applied)),
        Err(Stop::Conflicts(conflicts)) => Outcome::Conflicts(conflicts),
        Err(Stop::Invalid(invalid)) => Outcome::Invalid(invalid),
        Err(Stop::Doubt(doubt)) => Outcome::AskServer(doubt),
    }
}

/// Why an apply goes no further.
pub(super) enum Stop {
    Conflicts(Conflicts),
    Invalid(Invalid),
    Doubt(Doubt),
}

impl From<Doubt> for Stop {
    fn from(doubt: Doubt) -> Self {
        Self::Doubt(doubt)
    }
}

impl From<Invalid> for Stop {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

struct Apply<'a> {
    config: &'a Value,
    options: ApplyOptions<'a>,
    schema: &'a ObjectSchema,
}

impl Apply<'_> {
    fn run(&self, live: Option<&Value>) -> Result<Applied, Stop> {
        self.check()?;
        let live = live.map(|live| self.in_version(live)).transpose()?;
        let mut applied = self.apply_to(live.as_deref())?;
        if let (None, Some(Cow::Owned(converted))) = (&applied.object, &live) {
            applied.object = Some(without_managed_fields(converted));
        }
        Ok(applied)
    }

    fn apply_to(&self, live: Option<&Value>) -> Result<Applied, Stop> {
        if let Some(doubt) = precondition(live, self.config) {
            return Err(doubt.into());
        }
        let types = &self.schema.types;
        let mut applied = to_field_set(types, self.schema.root, self.config);
        let entries = match live {
            Some(live) => self.entries(live, &mut applied)?,
            None => Entries::default(),
        };
        let resets = reset_fields(self.schema, self.config, &entries.list)?;
        let applied = if resets.is_empty() || self.config.get("status").is_none() {
            applied
        } else {
            applied.recursive_difference(&resets)
        };
        let Some(live) = live else {
            return self.create(applied, &resets);
        };
        self.fits(live, Duplicates::Allowed)
            .map_err(|errors| Invalid::Live {
                object: self.object_text(live),
                errors,
            })?;
        let entries = if entries.list.is_empty() {
            self.first_apply(live, &resets)
        } else {
            entries
        };
        let mut managers = Managers::new(entries, self.options.manager, self.schema)?;
        let merged = merge(types, self.schema.root, Some(live), self.config).map_err(Invalid::Merge)?;
        let new = self.pruned(live, merged, &applied, &managers);
        let comparison = match &new {
            Some(new) => compare(types, self.schema.root, live, new).without(&resets),
            None => Comparison::default(),
        };
        if new.is_some() {
            self.take(live, &mut managers, &comparison)?;
        }
        self.finish(live, new, applied, managers, &resets)
    }

    /// The entries of the live object. A status that is stated may be reset, so that it is no apply repeated.
    fn entries(&self, live: &Value, applied: &mut FieldSet) -> Result<Entries, Doubt> {
        let entries = if self.config.get("status").is_some() {
            Entries::of(live)
        } else {
            let api_version = self.schema.kind.api_version();
            Entries::for_apply(live, self.options.manager, &api_version, applied)
        };
        entries.map_err(|error| Doubt::ManagedFields(error.to_string()))
    }

    /// Takes what changes from the other managers, if that is allowed.
    fn take(&self, live: &Value, managers: &mut Managers, changes: &Comparison) -> Result<(), Stop> {
        let touched = changes.modified.union(&changes.added);
        let conflicts = managers
            .others
            .iter()
            .map(|entry| entry.fields.intersection(&touched));
        let conflicts: Vec<FieldSet> = conflicts.collect();
        if !self.options.force && conflicts.iter().any(|fields| !fields.is_empty()) {
            self.refuse(live, Conflicts::of(managers.others.iter().zip(conflicts)))?;
        }
        managers.give_up(&touched.union(&changes.removed));
        Ok(())
    }

    fn check(&self) -> Result<(), Invalid> {
        let text = |name| self.config.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = &self.schema.kind;
        if text("apiVersion") != kind.api_version() || text("kind") != kind.kind {
            let (group, version) = text("apiVersion")
                .split_once('/')
                .unwrap_or(("", text("apiVersion")));
            return Err(Invalid::ObjectType(format!(
                "{group}/{version}, Kind={}",
                text("kind")
            )));
        }
        let stated = self
            .config
            .get("metadata")
            .and_then(|metadata| metadata.get("managedFields"));
        if stated.is_some_and(|stated| !stated.is_null()) {
            return Err(Invalid::ManagedFields);
        }
        self.fits(self.config, Duplicates::Refused)
            .map_err(|errors| Invalid::Type {
                object: self.object_text(self.config),
                errors,
            })
    }

    /// Whether a value is of the kind.
    fn fits(&self, value: &Value, duplicates: Duplicates) -> Result<(), ValidationErrors> {
        let checked = validate(&self.schema.types, self.schema.root, value, duplicates);
        checked.map_err(|errors| self.without_secrets(errors))
    }

    /// `namespace/name; group/version, Kind=Kind`, as the server names objects.
    fn object_text(&self, object: &Value) -> String {
        let text = |name| {
            object
                .get("metadata")
                .and_then(|metadata| metadata.get(name))
                .and_then(Value::as_str)
        };
        let kind = &self.schema.kind;
        format!(
            "{}/{}; {}/{}, Kind={}",
            text("namespace").unwrap_or_default(),
            text("name").unwrap_or_default(),
            kind.group,
            kind.version,
            kind.kind
        )
    }

    /// The server's texts quote values, which a Secret's may not be.
    fn without_secrets(&self, mut errors: ValidationErrors) -> ValidationErrors {
        if self.schema.kind.kind == "Secret" && self.schema.kind.group.is_empty() {
            for error in &mut errors.0 {
                if let Some(end) = error.message.find(", got ") {
                    error.message.truncate(end);
                }
            }
        }
        errors
    }

    /// The live object in the version of the configuration.
    fn in_version<'v>(&self, live: &'v Value) -> Result<Cow<'v, Value>, Doubt> {
        let version = live.get("apiVersion").and_then(Value::as_str).unwrap_or_default();
        if version == self.schema.kind.api_version() {
            return Ok(Cow::Borrowed(live));
        }
        if self.schema.relation_to(version) != VersionRelation::SameFields {
            return Err(Doubt::LiveVersion(version.to_owned()));
        }
        let mut live = live.clone();
        live["apiVersion"] = self.schema.kind.api_version().into();
        Ok(Cow::Owned(live))
    }

    /// The owner of what an object without managed fields holds.
    fn first_apply(&self, live: &Value, resets: &FieldSet) -> Entries {
        let empty = empty_object(self.schema);
        let live = without_unwritten(self.schema, live);
        let changes = compare(&self.schema.types, self.schema.root, &empty, &live).without(resets);
        let fields = changes.modified.union(&changes.added).difference(unowned());
        let entry = (!fields.is_empty()).then(|| before_first_apply(self.schema, fields));
        Entries {
            list: entry.into_iter().collect(),
            ..Entries::default()
        }
    }

    /// The merged and pruned object, unless it is the live one.
    fn pruned(&self, live: &Value, merged: Merged, applied: &FieldSet, managers: &Managers) -> Option<Value> {
        let merged = match merged {
            Merged::Live => None,
            Merged::New(merged) => Some(merged),
        };
        let last = managers.last.as_ref().filter(|last| !last.is_repeated);
        let pruned = last.and_then(|last| {
            let given_up = !applied.contains_all(&last.entry.fields);
            given_up.then(|| {
                let all = managers
                    .others
                    .iter()
                    .fold(applied.clone(), |all, entry| all.union(&entry.fields));
                prune(
                    self.schema,
                    merged.as_ref().unwrap_or(live),
                    &last.entry.fields,
                    applied,
                    &all,
                )
            })
        });
        let new = pruned.flatten().or(merged);
        new.filter(|new| !equal_objects(live, new))
    }

    /// Conflicts with what client-side apply wrote are none for `kubectl` itself.
    fn refuse(&self, live: &Value, conflicts: Conflicts) -> Result<(), Stop> {
        if self.options.manager != last_applied::MANAGER {
            return Err(Stop::Conflicts(conflicts));
        }
        let Some(allowed) = last_applied::fields(live, self.schema) else {
            return Err(Stop::Conflicts(conflicts));
        };
        let remaining = conflicts
            .0
            .into_iter()
            .filter(|conflict| !allowed.contains(&conflict.field.0));
        let remaining: Vec<_> = remaining.collect();
        if remaining.is_empty() {
            Ok(())
        } else {
            Err(Stop::Conflicts(Conflicts(remaining)))
        }
    }

    fn create(&self, applied: FieldSet, resets: &FieldSet) -> Result<Applied, Stop> {
        self.finish(
            &Value::Null,
            Some(self.config.clone()),
            applied,
            Managers::none(),
            resets,
        )
    }

    fn finish(
        &self,
        live: &Value,
        new: Option<Value>,
        applied: FieldSet,
        mut managers: Managers,
        resets: &FieldSet,
    ) -> Result<Applied, Stop> {
        let changes_object = new.is_some();
        let mut object = new;
        if let Some(object) = &mut object {
            normalise(self.schema, object).map_err(|unreadable| Invalid::Convert {
                object: self.object_text(self.config),
                path: unreadable.path,
                problem: unreadable.problem,
            })?;
            restore(live, object, resets);
            follow_strategy(self.schema, live, object);
        }
        if self.options.manager == last_applied::MANAGER {
            let object = object.get_or_insert_with(|| without_managed_fields(live));
            last_applied::update(object, self.config);
        }
        let (fields, ownership) = managers.own_fields(applied);
        let own = (!fields.is_empty()).then(|| ManagedFieldsEntry {
            manager: self.options.manager.to_owned(),
            operation: Operation::Apply,
            api_version: self.schema.kind.api_version(),
            time: self.options.time.map(str::to_owned),
            subresource: String::new(),
            fields,
        });
        let changes = match &object {
            Some(object) => Changes::between(self.schema, live, object, ownership),
            None => Changes::of_ownership(ownership),
        };
        let doubts = changes.doubts(self.schema);
        Ok(Applied {
            managed_fields: managers.into_entries(own, changes_object),
            object,
            changes,
            doubts,
        })
    }
}

impl Comparison {
    fn without(self, fields: &FieldSet) -> Self {
        if fields.is_empty() {
            return self;
        }
        Self {
            removed: self.removed.recursive_difference(fields),
            modified: self.modified.recursive_difference(fields),
            added: self.added.recursive_difference(fields),
        }
    }
}
