//! A preview as text: what the change asks for, what the cluster makes of it, and what drifted meanwhile.

use std::fmt;

use engine::{
    diff::{FieldDiff, Label as Whose, ObjectChange},
    preview::{ObjectPreview, Preview, RequestedChange},
};
use serde_json::{Value, json};

use super::{diff::Detail, explain, json as shapes, unified};
use crate::ui::{Label, Style};

/// The whole preview.
pub(crate) fn text(preview: &Preview, detail: Detail, style: Style) -> String {
    let mut blocks = vec![Headline::of(preview).to_string()];
    blocks.extend(
        preview
            .notices
            .iter()
            .map(|notice| format!("{} {notice}", style.paint(Label::Warning, "!"))),
    );
    blocks.extend(requested(preview).map(|object| block(object, detail, style)));
    let drift: Vec<String> = drifted(preview)
        .map(|object| drift_block(object, style))
        .collect();
    if !drift.is_empty() {
        blocks.push(style.paint(Label::Bold, "Changed in the cluster, not by this change:"));
        blocks.extend(drift);
    }
    let runs: Vec<String> = rerun(preview)
        .map(|object| format!("± {}: {}", object.key, remark(object).unwrap_or_default()))
        .collect();
    if !runs.is_empty() {
        blocks.push(style.paint(Label::Bold, "Not changed, and recreated:"));
        blocks.extend(runs);
    }
    let deletions: Vec<String> = deletions(preview).collect();
    if !deletions.is_empty() {
        blocks.push(style.paint(Label::Bold, "Recorded in the inventory and described no more:"));
        blocks.extend(deletions);
    }
    blocks.join("\n\n") + "\n"
}

/// One record per notable object.
pub(crate) fn records(preview: &Preview) -> Vec<Value> {
    preview
        .objects
        .iter()
        .filter(|object| object.is_notable())
        .map(record)
        .collect()
}

/// The objects that the change asks something of.
pub(crate) fn requested(preview: &Preview) -> impl Iterator<Item = &ObjectPreview> {
    let renamed_away = |object: &ObjectPreview| {
        preview.objects.iter().any(|other| {
            matches!(&other.requested, RequestedChange::Renamed { from } if *from == object.key.name)
                && other.key.group_kind() == object.key.group_kind()
                && other.key.namespace == object.key.namespace
        })
    };
    preview
        .objects
        .iter()
        .filter(move |object| match object.requested {
            RequestedChange::None => false,
            RequestedChange::Removed => !renamed_away(object),
            _ => true,
        })
}

/// The objects that somebody changed in the cluster.
pub(crate) fn drifted(preview: &Preview) -> impl Iterator<Item = &ObjectPreview> {
    preview.objects.iter().filter(|object| object.has_drift())
}

/// The objects that are recreated although the change asks nothing of them: hooks that run anew.
pub(super) fn rerun(preview: &Preview) -> impl Iterator<Item = &ObjectPreview> {
    let is_recreated = |object: &&ObjectPreview| {
        object.requested == RequestedChange::None
            && object
                .cluster
                .as_ref()
                .is_some_and(|diff| diff.change == ObjectChange::Recreate)
    };
    preview.objects.iter().filter(is_recreated)
}

/// The fields of an object that somebody changed in the cluster.
pub(super) fn drifted_fields(object: &ObjectPreview) -> impl Iterator<Item = &FieldDiff> {
    object
        .cluster
        .iter()
        .flat_map(|diff| &diff.fields)
        .filter(|field| field.label == Whose::Drift)
}

/// The fields of which the cluster has more to say than that the change sets them.
pub(super) fn remarkable(object: &ObjectPreview) -> impl Iterator<Item = &FieldDiff> {
    let fields = object.cluster.iter().flat_map(|diff| &diff.fields);
    fields.filter(|field| {
        matches!(
            field.label,
            Whose::AlreadyLive | Whose::Conflict | Whose::ForeignManager(_) | Whose::Pruned
        )
    })
}

/// What the cluster says of the object as a whole, when that is not what was asked for.
pub(super) fn remark(object: &ObjectPreview) -> Option<String> {
    let diff = object.cluster.as_ref()?;
    let word = match (&object.requested, diff.change) {
        (RequestedChange::Added, ObjectChange::Update | ObjectChange::None) => {
            Some("exists in the cluster already".to_owned())
        }
        (RequestedChange::Removed, ObjectChange::Delete) => Some("will be deleted".to_owned()),
        (_, ObjectChange::Refused) => Some("the cluster would refuse it".to_owned()),
        (_, ObjectChange::Recreate) => Some("will be recreated".to_owned()),
        (_, ObjectChange::Keep) => Some("will be left alone".to_owned()),
        _ => None,
    };
    match (word, &diff.note) {
        (Some(word), Some(note)) => Some(format!("{word}: {note}")),
        (word, note) => word.or_else(|| note.clone()),
    }
}

/// The sign of what is asked for, and its word.
pub(super) fn sign(requested: &RequestedChange) -> (&'static str, Label, String) {
    match requested {
        RequestedChange::Added => ("+", Label::Added, "added".to_owned()),
        RequestedChange::Changed => ("~", Label::Changed, "changed".to_owned()),
        RequestedChange::Removed => ("-", Label::Removed, "removed".to_owned()),
        RequestedChange::Renamed { from } => ("~", Label::Changed, format!("changed, was {from}")),
        RequestedChange::None => (" ", Label::Faint, "unchanged".to_owned()),
    }
}

fn block(object: &ObjectPreview, detail: Detail, style: Style) -> String {
    let (sign, label, word) = sign(&object.requested);
    let key = style.paint(Label::Bold, &object.key.to_string());
    let mut lines = vec![format!(
        "{} {key} {}",
        style.paint(label, sign),
        style.paint(label, &format!("({word})"))
    )];
    lines.extend(remark(object).map(|remark| format!("    {}", style.paint(Label::Warning, &remark))));
    for field in remarkable(object) {
        let label = style.paint(Label::Warning, &format!("{:<14}", field.label.to_string()));
        lines.push(format!("    {label} {}", field.path));
    }
    if let (true, Some(diff)) = (detail.explain, &object.cluster) {
        let explained = explain::lines(diff, style);
        lines.extend(explained.into_iter().map(|line| format!("    {line}")));
    }
    if !detail.summary {
        let body = unified::lines(&object.base, &object.head, detail.context, style);
        lines.extend(body.into_iter().map(|line| format!("  {line}")));
    }
    lines.join("\n")
}

fn drift_block(object: &ObjectPreview, style: Style) -> String {
    let mut lines = vec![format!("{} {}", style.paint(Label::Warning, "≠"), object.key)];
    for field in drifted_fields(object) {
        lines.push(format!("    {}", field.path));
        for (whose, value) in [("in the cluster", &field.before), ("described", &field.after)] {
            let whose = style.paint(Label::Faint, &format!("{whose:<14}"));
            lines.push(format!("      {whose} {}", shown(value.as_ref())));
        }
    }
    lines.join("\n")
}

fn deletions(preview: &Preview) -> impl Iterator<Item = String> {
    let unasked = preview
        .objects
        .iter()
        .filter(|object| object.requested == RequestedChange::None);
    unasked.filter_map(|object| {
        let diff = object.cluster.as_ref()?;
        match diff.change {
            ObjectChange::Delete => Some(format!("- {} will be deleted", object.key)),
            ObjectChange::Keep => Some(format!(
                "= {} stays: {}",
                object.key,
                diff.note.clone().unwrap_or_default()
            )),
            _ => None,
        }
    })
}

/// A value on one line.
pub(super) fn shown(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) if !text.contains('\n') => text.clone(),
        Some(value) => value.to_string(),
    }
}

fn record(object: &ObjectPreview) -> Value {
    let mut record = shapes::key(&object.key);
    let (requested, from) = match &object.requested {
        RequestedChange::Renamed { from } => ("renamed", Some(from)),
        other => (
            match other {
                RequestedChange::Added => "added",
                RequestedChange::Changed => "changed",
                RequestedChange::Removed => "removed",
                _ => "none",
            },
            None,
        ),
    };
    record.insert("requested".into(), requested.into());
    record.insert("renamedFrom".into(), json!(from));
    record.insert("origin".into(), object.origin.to_string().into());
    record.insert(
        "cluster".into(),
        object.cluster.as_ref().map_or(Value::Null, shapes::diff),
    );
    Value::Object(record)
}

/// The counts at the head of a preview.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Headline {
    pub(crate) added: usize,
    pub(crate) changed: usize,
    pub(crate) removed: usize,
    pub(crate) drifted: usize,
    pub(crate) refused: usize,
    pub(crate) objects: usize,
    pub(crate) has_cluster: bool,
}

impl Headline {
    pub(crate) fn of(preview: &Preview) -> Self {
        let mut headline = Self {
            objects: preview.objects.len(),
            has_cluster: preview.has_cluster,
            ..Self::default()
        };
        for object in requested(preview) {
            *match object.requested {
                RequestedChange::Added => &mut headline.added,
                RequestedChange::Removed => &mut headline.removed,
                _ => &mut headline.changed,
            } += 1;
        }
        headline.drifted = drifted(preview).count();
        let refused = |object: &&ObjectPreview| {
            object
                .cluster
                .as_ref()
                .is_some_and(|diff| diff.change == ObjectChange::Refused)
        };
        headline.refused = preview.objects.iter().filter(refused).count();
        headline
    }

    /// Whether the change asks for anything.
    pub(crate) fn any_change(self) -> bool {
        self.added + self.changed + self.removed > 0
    }
}

impl fmt::Display for Headline {
    /// `+1 added, 2 changed, -1 removed of 12 objects; 1 drifted in the cluster`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            added,
            changed,
            removed,
            drifted,
            refused,
            objects,
            has_cluster,
        } = self;
        write!(
            f,
            "+{added} added, {changed} changed, -{removed} removed of {objects} objects"
        )?;
        if *has_cluster {
            write!(f, "; {drifted} drifted in the cluster")?;
        } else {
            f.write_str("; no cluster was looked at")?;
        }
        if *refused > 0 {
            write!(f, "; {refused} would be refused")?;
        }
        Ok(())
    }
}
