use serde_json::Value;
use structured_merge::{NoOp, contested, migration::needs_migration, unchanged};

use super::owned_digest;
use crate::{
    SyncOptions,
    apply::{Contested, leave_theirs, settle},
    change_set::FieldConflict,
    digest::Digest,
    drift::DriftPolicy,
    ownership::{Owner, owner},
    wait::{Verdict, verdict},
};

/// The longest annotation that is kept: those that say something about an object's fate are short.
const LONGEST_ANNOTATION: usize = 256;

/// Names and values, in much less memory than a map of JSON.
pub(crate) type Annotations = Box<[(Box<str>, Box<str>)]>;

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
    /// Fields that others keep, as the last apply has found or the next would.
    pub(crate) conflicts: Vec<FieldConflict>,
    /// Its health; `None` when only its metadata was read.
    pub(crate) verdict: Option<Verdict>,
    /// The short annotations.
    pub(crate) annotations: Annotations,
    /// Whether client-side apply has left fields to be taken over.
    pub(crate) needs_migration: bool,
    /// The object, or its metadata, where more than the above is needed of it.
    pub(crate) object: Option<Value>,
}

impl Live {
    /// A whole object that is desired as `intent`. It is kept only when it must be changed by more than an apply.
    pub(crate) fn compared(
        object: Value,
        intent: &Value,
        marks: (&str, &str),
        options: &SyncOptions,
    ) -> Self {
        let (manager, apply_set) = marks;
        let (comparison, conflicts) = match unchanged(intent, &object, manager) {
            NoOp::Same => (Comparison::Same, Vec::new()),
            answer => match standing_conflicts(intent, &object, manager, options) {
                Some(conflicts) => (Comparison::Same, conflicts),
                None if answer == NoOp::Differs => (Comparison::Differs, Vec::new()),
                None => (Comparison::Doubtful, Vec::new()),
            },
        };
        let mut live = Self::of(&object, manager, apply_set);
        live.comparison = comparison;
        live.conflicts = conflicts;
        live.owned = Some(owned_digest(&object, manager));
        live.verdict = Some(verdict(&object));
        if live.comparison != Comparison::Same || live.needs_migration || !live.conflicts.is_empty() {
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

/// The conflicts of an apply that would change nothing, for all that it would change is what others keep.
fn standing_conflicts(
    intent: &Value,
    live: &Value,
    manager: &str,
    options: &SyncOptions,
) -> Option<Vec<FieldConflict>> {
    // where drift is only reported, nothing is applied, and what differs must not pass for unchanged
    if options.drift == DriftPolicy::Warn {
        return None;
    }
    let contested = contested(intent, live, manager);
    let conflicts = settle(contested.iter().map(Contested::from), options);
    if conflicts.is_empty() || conflicts.iter().any(|conflict| conflict.taken) {
        return None;
    }
    let mut rest = intent.clone();
    let stands = leave_theirs(&mut rest, &conflicts) && unchanged(&rest, live, manager) == NoOp::Same;
    stands.then_some(conflicts)
}

/// The annotations of an object that are short enough to say something about its fate.
pub(crate) fn annotations(object: &Value) -> Annotations {
    let all = object.pointer("/metadata/annotations").and_then(Value::as_object);
    let short = all.into_iter().flatten().filter_map(|(name, value)| {
        let text = value.as_str().filter(|text| text.len() <= LONGEST_ANNOTATION)?;
        Some((name.as_str().into(), text.into()))
    });
    short.collect()
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
