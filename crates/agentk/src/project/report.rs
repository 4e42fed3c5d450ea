//! From what the engine did to what kas is told. No message holds a field's value.

use std::{
    collections::{BTreeSet, HashMap},
    time::SystemTime,
};

use engine::{
    Action, ChangeSet, ChangeSetEntry,
    change_set::FieldConflict,
    drift::{Drift, DriftKind, DriftPolicy},
    wait::{Status, Verdict},
};
use manifest::ResourceKey;
use rpc::{
    configuration::ProjectKey,
    glops::reports::v1::{
        self as wire,
        drifted_object::{Kind, Outcome},
        status_report::Phase,
    },
};

/// How many objects a status names at most; what is not well comes first.
const MAX_OBJECTS: usize = 1000;

/// How much of an error is told. A webhook may answer with pages, and a report of a thousand objects has to arrive.
const MAX_MESSAGE_BYTES: usize = 2048;

/// The status of a project whose sync has ended.
pub(super) fn status(
    project: &ProjectKey,
    set: &ChangeSet,
    started: SystemTime,
    notices: Vec<String>,
) -> wire::StatusReport {
    let mut entries: Vec<&ChangeSetEntry> = set.entries.iter().collect();
    entries.sort_by_key(|entry| match entry.action {
        Action::Failed => 0,
        Action::Skipped => 1,
        _ => 2,
    });
    let left_out = entries.len().saturating_sub(MAX_OBJECTS);
    let count = |action| u32::try_from(set.count(action)).unwrap_or(u32::MAX);
    let now = SystemTime::now();
    wire::StatusReport {
        project: Some(project.clone().into()),
        commit_id: set.revision.clone(),
        phase: phase(set).into(),
        reported_at: Some(now.into()),
        started_at: Some(started.into()),
        finished_at: Some(now.into()),
        counts: Some(wire::Counts {
            created: count(Action::Created),
            configured: count(Action::Configured),
            unchanged: count(Action::Unchanged),
            deleted: count(Action::Deleted),
            skipped: count(Action::Skipped),
            failed: count(Action::Failed),
        }),
        health: None,
        notices: notices
            .into_iter()
            .chain(set.notices.iter().map(|notice| notice.message.clone()))
            .collect(),
        objects: entries.into_iter().take(MAX_OBJECTS).map(object_status).collect(),
        objects_left_out: u32::try_from(left_out).unwrap_or(u32::MAX),
        requests: set.requests,
    }
}

/// The status of a project in which nothing was done yet, or nothing can be.
pub(super) fn without_result(
    project: &ProjectKey,
    phase: Phase,
    commit: &str,
    notices: Vec<String>,
) -> wire::StatusReport {
    wire::StatusReport {
        project: Some(project.clone().into()),
        commit_id: commit.to_owned(),
        phase: phase.into(),
        reported_at: Some(SystemTime::now().into()),
        notices,
        ..wire::StatusReport::default()
    }
}

fn phase(set: &ChangeSet) -> Phase {
    if set.is_complete() {
        Phase::Synced
    } else if set.count(Action::Failed) == 0 && set.notices.iter().any(|notice| notice.blocking) {
        Phase::Blocked
    } else {
        Phase::Failed
    }
}

fn object_status(entry: &ChangeSetEntry) -> wire::ObjectStatus {
    let reason = entry.reason.as_ref().map(ToString::to_string);
    let error = entry.error.as_ref().map(|error| error.message.clone());
    wire::ObjectStatus {
        object: Some(reference(&entry.key)),
        origin: if entry.origin.file.is_empty() {
            String::new()
        } else {
            entry.origin.to_string()
        },
        action: action(entry.action).into(),
        health: String::new(),
        message: clipped(error.or(reason).unwrap_or_default()),
        conflicts: entry
            .conflicts
            .iter()
            .map(|conflict| wire::FieldConflict {
                field: conflict.field.clone(),
                manager: conflict.manager.clone(),
                taken: conflict.taken,
            })
            .collect(),
        warnings: entry.warnings.clone(),
    }
}

/// A message no longer than is told.
fn clipped(mut message: String) -> String {
    if message.len() > MAX_MESSAGE_BYTES {
        message.truncate(message.floor_char_boundary(MAX_MESSAGE_BYTES));
        message.push('…');
    }
    message
}

/// Puts the health of what is managed into a status, counted and by object.
pub(super) fn add_health(status: &mut wire::StatusReport, verdicts: &[(ResourceKey, Verdict)]) {
    let mut health = wire::Health::default();
    let words: HashMap<wire::ObjectReference, &'static str> = verdicts
        .iter()
        .map(|(key, verdict)| {
            let (count, word) = match verdict.status {
                Status::Current => (&mut health.healthy, "Healthy"),
                Status::InProgress | Status::Terminating => (&mut health.progressing, "Progressing"),
                Status::Failed => (&mut health.degraded, "Degraded"),
                Status::NotFound => (&mut health.missing, "Missing"),
                Status::Unknown => (&mut health.unknown, "Unknown"),
            };
            *count += 1;
            (reference(key), word)
        })
        .collect();
    for object in &mut status.objects {
        let word = object.object.as_ref().and_then(|reference| words.get(reference));
        object.health = word.copied().unwrap_or_default().to_owned();
    }
    status.health = Some(health);
}

/// What a sync wrote, and what it tried to write; `after_drift` when that was the reason for it.
pub(super) fn audit(project: &ProjectKey, set: &ChangeSet, after_drift: bool) -> wire::AuditReport {
    let written = set
        .entries
        .iter()
        .filter(|entry| !matches!(entry.action, Action::Unchanged | Action::Skipped));
    let cause = if after_drift { "drift" } else { "commit" };
    wire::AuditReport {
        project: Some(project.clone().into()),
        entries: written
            .map(|entry| wire::AuditEntry {
                at: Some(SystemTime::now().into()),
                object: Some(reference(&entry.key)),
                action: action(entry.action).into(),
                commit_id: set.revision.clone(),
                cause: cause.to_owned(),
                message: clipped(
                    entry
                        .error
                        .as_ref()
                        .map(|error| error.message.clone())
                        .unwrap_or_default(),
                ),
            })
            .collect(),
    }
}

/// What the sync after it made of a drift.
pub(super) fn drift_outcome(set: &ChangeSet, drift: &Drift, policy: DriftPolicy) -> Outcome {
    let Some(entry) = set.entry(&drift.key) else {
        return Outcome::Left;
    };
    match entry.action {
        Action::Created | Action::Configured => Outcome::Corrected,
        Action::Failed => Outcome::Failed,
        // what another manager keeps is still as that one wants it
        Action::Unchanged if policy == DriftPolicy::Correct && kept(entry).next().is_none() => Outcome::Gone,
        _ => Outcome::Left,
    }
}

/// Fields of an object that other managers keep.
fn kept(entry: &ChangeSetEntry) -> impl Iterator<Item = &FieldConflict> {
    entry.conflicts.iter().filter(|conflict| !conflict.taken)
}

/// One object that someone else changed.
pub(super) fn drift(
    project: &ProjectKey,
    set: &ChangeSet,
    drift: &Drift,
    outcome: Outcome,
) -> wire::DriftReport {
    let manager = drift.managers.first().cloned().unwrap_or_default();
    let left: Vec<&FieldConflict> = match set.entry(&drift.key) {
        Some(entry) if outcome == Outcome::Left => kept(entry).collect(),
        _ => Vec::new(),
    };
    let fields = if left.is_empty() {
        let named = drift.fields.iter().map(|field| (field, &manager));
        named.collect()
    } else {
        let kept = left.iter().map(|conflict| (&conflict.field, &conflict.manager));
        kept.collect::<Vec<_>>()
    };
    let managers: BTreeSet<&str> = left.iter().map(|conflict| conflict.manager.as_str()).collect();
    let message = if managers.is_empty() {
        String::new()
    } else {
        format!("left to {}", managers.into_iter().collect::<Vec<_>>().join(", "))
    };
    let object = wire::DriftedObject {
        object: Some(reference(&drift.key)),
        kind: match drift.kind {
            DriftKind::Changed => Kind::Modified,
            DriftKind::Deleted => Kind::Deleted,
        }
        .into(),
        outcome: outcome.into(),
        observed_at: Some(SystemTime::now().into()),
        fields: fields
            .into_iter()
            .map(|(field, manager)| wire::DriftedField {
                field: field.clone(),
                manager: manager.clone(),
            })
            .collect(),
        message,
    };
    wire::DriftReport {
        project: Some(project.clone().into()),
        commit_id: set.revision.clone(),
        objects: vec![object],
    }
}

fn action(action: Action) -> wire::Action {
    match action {
        Action::Created => wire::Action::Created,
        Action::Configured => wire::Action::Configured,
        Action::Unchanged => wire::Action::Unchanged,
        Action::Deleted => wire::Action::Deleted,
        Action::Skipped => wire::Action::Skipped,
        Action::Failed => wire::Action::Failed,
    }
}

fn reference(key: &ResourceKey) -> wire::ObjectReference {
    wire::ObjectReference {
        group: key.group.clone(),
        kind: key.kind.clone(),
        namespace: key.namespace.clone(),
        name: key.name.clone(),
    }
}
