use serde_json::{Map, Value};
use structured_merge::{NoOp, migration::needs_migration};

use super::owned_digest;
use crate::{
    change_set::FieldConflict,
    digest::Digest,
    ownership::{Owner, owner},
    wait::{Verdict, verdict},
};

/// The longest annotation that is kept: those that say something about an object's fate are short.
const LONGEST_ANNOTATION: usize = 256;

/// How a live object stands to what is desired of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// An apply would change nothing.
    Same,
    /// It would change something.
    Differs,
    /// Only the server can tell.
    Doubtful,
    /// Only its metadata was read, or nothing is desired of it.
    NotCompared,
}

/// What a sync needs to know of a live object.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) uid: String,
    pub(crate) resource_version: String,
    pub(crate) owner: Owner,
    pub(crate) comparison: Comparison,
    /// What stands for our fields in it; `None` when only its metadata was read.
    pub(crate) owned: Option<Digest>,
    /// Whether it was as desired and someone else has changed that.
    pub(crate) drifted: bool,
    /// Fields that others keep, as the last apply has found.
    pub(crate) conflicts: Vec<FieldConflict>,
    /// Its health; `None` when only its metadata was read.
    pub(crate) verdict: Option<Verdict>,
    /// The short annotations; none when there are none.
    pub(crate) annotations: Option<Box<Map<String, Value>>>,
    /// Whether client-side apply has left fields to be taken over.
    pub(crate) needs_migration: bool,
    /// The object, or its metadata, where more than the above is needed of it.
    pub(crate) object: Option<Value>,
}

impl Live {
    /// A whole object that is desired as `intent`. It is kept only when it must be changed by more than an apply.
    pub(crate) fn compared(object: Value, intent: &Value, manager: &str, apply_set: &str) -> Self {
        let comparison = match structured_merge::unchanged(intent, &object, manager) {
            NoOp::Same => Comparison::Same,
            NoOp::Differs => Comparison::Differs,
            NoOp::Unknown(_) => Comparison::Doubtful,
        };
        let mut live = Self::of(&object, manager, apply_set);
        live.comparison = comparison;
        live.owned = Some(owned_digest(&object, manager));
        live.verdict = Some(verdict(&object));
        if live.comparison != Comparison::Same || live.needs_migration {
            live.object = Some(object);
        }
        live
    }

    /// A whole object of which nothing is desired any more.
    pub(crate) fn surplus(object: Value, manager: &str, apply_set: &str) -> Self {
        let mut live = Self::of(&object, manager, apply_set);
        live.verdict = Some(verdict(&object));
        live.object = Some(object);
        live
    }

    /// An object of which only the metadata was read.
    pub(crate) fn metadata(object: Value, manager: &str, apply_set: &str) -> Self {
        let mut live = Self::of(&object, manager, apply_set);
        live.object = Some(object);
        live
    }

    fn of(object: &Value, manager: &str, apply_set: &str) -> Self {
        Self {
            uid: text_at(object, &["metadata", "uid"]).to_owned(),
            resource_version: text_at(object, &["metadata", "resourceVersion"]).to_owned(),
            owner: owner(object, apply_set),
            comparison: Comparison::NotCompared,
            owned: None,
            drifted: false,
            conflicts: Vec::new(),
            annotations: annotations(object),
            verdict: None,
            needs_migration: needs_migration(object, |other| is_client_side(other, manager)),
            object: None,
        }
    }
}

/// The annotations of an object that are short enough to say something about its fate.
pub(crate) fn annotations(object: &Value) -> Option<Box<Map<String, Value>>> {
    let all = object.pointer("/metadata/annotations")?.as_object()?;
    let short = all.iter().filter(|(_, value)| {
        value
            .as_str()
            .is_some_and(|text| text.len() <= LONGEST_ANNOTATION)
    });
    let short: Map<String, Value> = short.map(|(name, value)| (name.clone(), value.clone())).collect();
    (!short.is_empty()).then(|| Box::new(short))
}

/// Whether a manager is one of kubectl's that write without applying; writes of our own are taken in like these.
pub(crate) fn is_client_side(manager: &str, ours: &str) -> bool {
    manager == ours
        || manager == "before-first-apply"
        || manager == "kubectl-client-side-apply"
        || manager == "kubectl-last-applied"
}

/// A text deep in a value; empty when there is none.
pub(crate) fn text_at<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    path.iter()
        .try_fold(value, |value, name| value.get(name))
        .and_then(Value::as_str)
        .unwrap_or_default()
}
