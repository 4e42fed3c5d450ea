//! The JSON that programs read; these shapes are stable, unlike the engine's own types.

use engine::{
    ChangeSet, ChangeSetEntry,
    diff::{Answer, DiffMode, Explanation, Fallback, FieldDiff, FieldOwner, Label, ObjectDiff, UnknownField},
};
use manifest::ResourceKey;
use serde_json::{Map, Value, json};

use super::{changes, diff::sign};

/// One diff: what is done to an object, how that was found out, and its fields.
pub(crate) fn diff(diff: &ObjectDiff) -> Value {
    let mut record = key(&diff.key);
    record.insert("change".into(), sign(diff.change).2.into());
    record.insert("mode".into(), mode(diff.mode).into());
    record.insert("answer".into(), answer(diff.answer).into());
    record.insert(
        "fallback".into(),
        diff.fallback.as_ref().map_or(Value::Null, fallback),
    );
    record.insert("note".into(), json!(diff.note));
    record.insert("fields".into(), diff.fields.iter().map(field).collect());
    record.insert(
        "explained".into(),
        diff.explained.iter().map(explanation).collect(),
    );
    record.insert("unknown".into(), diff.unknown.iter().map(unknown).collect());
    Value::Object(record)
}

/// What a sync did: its revision, whether it is complete, and one record per object.
pub(crate) fn change_set(set: &ChangeSet) -> Value {
    let notice =
        |notice: &engine::change_set::Notice| json!({"message": notice.message, "blocking": notice.blocking});
    json!({
        "revision": set.revision,
        "complete": set.is_complete(),
        "requests": set.requests,
        "fallbacks": set.fallbacks,
        "notices": set.notices.iter().map(notice).collect::<Vec<_>>(),
        "objects": set.entries.iter().map(entry).collect::<Vec<_>>(),
    })
}

/// The four parts that name an object.
pub(crate) fn key(key: &ResourceKey) -> Map<String, Value> {
    let parts = [
        ("group", &key.group),
        ("kind", &key.kind),
        ("namespace", &key.namespace),
        ("name", &key.name),
    ];
    parts
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::from(value.as_str())))
        .collect()
}

/// One value a line.
pub(crate) fn lines(values: impl IntoIterator<Item = Value>) -> String {
    values.into_iter().map(|value| format!("{value}\n")).collect()
}

fn entry(entry: &ChangeSetEntry) -> Value {
    let conflict = |conflict: &engine::change_set::FieldConflict| json!({"field": conflict.field, "manager": conflict.manager, "taken": conflict.taken});
    let mut record = key(&entry.key);
    record.insert("action".into(), changes::word(entry.action).into());
    record.insert(
        "reason".into(),
        json!(entry.reason.as_ref().map(ToString::to_string)),
    );
    record.insert(
        "error".into(),
        json!(entry.error.as_ref().map(|error| &error.message)),
    );
    record.insert("warnings".into(), json!(entry.warnings));
    record.insert("conflicts".into(), entry.conflicts.iter().map(conflict).collect());
    Value::Object(record)
}

/// One differing field: where, whose change it is, and its values, masked where secret.
pub(crate) fn field(field: &FieldDiff) -> Value {
    let (label, manager) = match &field.label {
        Label::YourChange => ("your-change", None),
        Label::Drift => ("drift", None),
        Label::AlreadyLive => ("already-live", None),
        Label::Conflict => ("conflict", None),
        Label::ForeignManager(manager) => ("foreign-manager", Some(manager)),
        Label::Defaulted => ("defaulted", None),
        Label::Pruned => ("pruned", None),
    };
    json!({"path": field.path, "label": label, "manager": manager, "before": field.before, "after": field.after})
}

/// What happens to one field, who owns it and who will.
fn explanation(explanation: &Explanation) -> Value {
    let owners = |owners: &[FieldOwner]| owners.iter().map(owner).collect::<Vec<_>>();
    json!({
        "path": explanation.path,
        "fate": explanation.fate.to_string().replace(' ', "-"),
        "before": owners(&explanation.before),
        "after": owners(&explanation.after),
    })
}

fn owner(owner: &FieldOwner) -> Value {
    let operation = if owner.applied { "Apply" } else { "Update" };
    json!({"manager": owner.manager, "operation": operation, "subresource": owner.subresource})
}

fn unknown(field: &UnknownField) -> Value {
    json!({"path": field.path, "reason": field.reason})
}

fn fallback(fallback: &Fallback) -> Value {
    let (cause, reason) = match fallback {
        Fallback::Doubt(reason) => ("doubt", Some(reason)),
        Fallback::Forbidden(reason) => ("forbidden", Some(reason)),
        Fallback::TooEarly(reason) => ("too-early", Some(reason)),
        Fallback::Migration => ("migration", None),
    };
    json!({"cause": cause, "reason": reason})
}

fn answer(answer: Answer) -> &'static str {
    match answer {
        Answer::Known => "known",
        Answer::Predicted => "predicted",
        Answer::Asked => "asked",
    }
}

fn mode(mode: DiffMode) -> &'static str {
    match mode {
        DiffMode::Exact => "exact",
        DiffMode::Filtered => "filtered",
        DiffMode::ReadOnly => "read-only",
    }
}
