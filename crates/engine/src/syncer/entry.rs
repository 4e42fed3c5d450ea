use serde_json::{Map, Value, json};
use smol_str::SmolStr;
use structured_merge::{FieldSet, migration::needs_migration};

use super::uid::Uid;
use crate::{
    change_set::FieldConflict,
    digest::Digest,
    health::Condition,
    observe::{
        Annotations, Live, annotations, is_client_side, other_managers, owned_digest, text_at,
        writes_the_spec,
    },
    ownership::{Owner, owner},
    wait::{Status, Verdict, verdict, version},
};

/// How many fields of a drift are named at most.
const NAMED_FIELDS: usize = 20;

/// What is kept of a live object. There may be very many: what is short is in it and not elsewhere in memory.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(super) uid: Uid,
    pub(super) version: u64,
    pub(super) owner: Owner,
    pub(super) owned: Digest,
    status: Status,
    message: SmolStr,
    conditions: Box<[Condition]>,
    pub(super) needs_migration: bool,
    /// The short annotations.
    pub(super) annotations: Annotations,
}

/// What a watch tells of an object: what is kept, and what is only looked at when it has drifted.
#[derive(Debug)]
pub(super) struct Sighting {
    pub(super) entry: Entry,
    pub(super) managers: Vec<String>,
    pub(super) fields: Vec<String>,
}

/// What was true of an object when it was last found or made to be as desired.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    /// What was desired.
    pub(super) intent: Digest,
    /// What our fields were then.
    pub(super) owned: Digest,
    pub(super) uid: Uid,
    pub(super) version: u64,
    /// Fields that others keep.
    pub(super) conflicts: Box<[FieldConflict]>,
}

impl Entry {
    pub(crate) fn of(object: &Value, manager: &str, apply_set: &str) -> Self {
        let Verdict {
            status,
            message,
            conditions,
        } = verdict(object);
        Self {
            uid: text_at(object, &["metadata", "uid"]).into(),
            version: version(text_at(object, &["metadata", "resourceVersion"])),
            owner: owner(object, apply_set),
            owned: owned_digest(object, manager),
            status,
            message: message.into(),
            conditions: conditions.into(),
            needs_migration: needs_migration(object, |other| is_client_side(other, manager)),
            annotations: annotations(object),
        }
    }

    /// What a list has told; `None` when only the metadata was read.
    pub(super) fn from_live(live: &Live) -> Option<Self> {
        let verdict = live.verdict.as_ref()?;
        Some(Self {
            uid: live.uid.as_str().into(),
            version: version(&live.resource_version),
            owner: live.owner.clone(),
            owned: live.owned?,
            status: verdict.status,
            message: SmolStr::new(&verdict.message),
            conditions: verdict.conditions.clone().into(),
            needs_migration: live.needs_migration,
            annotations: live.annotations.clone(),
        })
    }

    /// Its health.
    pub(super) fn verdict(&self) -> Verdict {
        Verdict {
            status: self.status,
            message: self.message.to_string(),
            conditions: self.conditions.to_vec(),
        }
    }

    /// As much of the object as a decision about its deletion needs.
    pub(super) fn metadata(&self, key: &manifest::ResourceKey) -> Value {
        let api_version = if key.group.is_empty() {
            "v1".to_owned()
        } else {
            format!("{}/v1", key.group)
        };
        let annotations: Map<String, Value> = self
            .annotations
            .iter()
            .map(|(name, value)| (name.to_string(), Value::from(&**value)))
            .collect();
        json!({
            "apiVersion": api_version, "kind": key.kind,
            "metadata": {
                "name": key.name, "namespace": key.namespace, "uid": self.uid.to_string(),
                "annotations": annotations,
            },
        })
    }
}

impl Sighting {
    pub(super) fn of(object: &Value, manager: &str, apply_set: &str) -> Self {
        let managers = other_managers(object, manager);
        Self {
            entry: Entry::of(object, manager, apply_set),
            fields: managers
                .first()
                .map(|last| fields_of(object, last))
                .unwrap_or_default(),
            managers,
        }
    }
}

/// The fields that a manager has set, as paths.
fn fields_of(object: &Value, manager: &str) -> Vec<String> {
    let entries = object
        .pointer("/metadata/managedFields")
        .and_then(Value::as_array);
    let entry = entries
        .into_iter()
        .flatten()
        .find(|entry| text_at(entry, &["manager"]) == manager && writes_the_spec(entry));
    let fields = entry.and_then(|entry| FieldSet::from_value(entry.get("fieldsV1")?).ok());
    let paths = fields.map(|fields| fields.leaves().paths()).unwrap_or_default();
    paths.iter().take(NAMED_FIELDS).map(ToString::to_string).collect()
}
