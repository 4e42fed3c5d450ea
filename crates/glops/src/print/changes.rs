//! What a sync did, object by object, as text.

use engine::{Action, ChangeSet, ChangeSetEntry, change_set::SkipReason};

use crate::{
    error::{CommandError, Exit, Result},
    ui::{Label, Style},
};

/// What is left to say after the lines of the objects: those that are unchanged, where asked for, what concerns
/// the whole, and counts.
pub(crate) fn summary(set: &ChangeSet, all: bool, style: Style) -> String {
    let unchanged = set
        .entries
        .iter()
        .filter(|entry| all && entry.action == Action::Unchanged);
    let mut lines: Vec<String> = unchanged.map(|entry| line(entry, style)).collect();
    for notice in &set.notices {
        let label = if notice.blocking {
            Label::Bad
        } else {
            Label::Warning
        };
        lines.push(format!("{} {}", style.paint(label, "!"), notice.message));
    }
    lines.push(counts(set));
    lines.push(String::new());
    lines.join("\n")
}

/// How a command ends that did this: an incomplete sync is an error.
pub(crate) fn exit(set: &ChangeSet) -> Result<Exit> {
    if set.is_complete() {
        return Ok(Exit::Done);
    }
    if set.cancelled {
        return Err(CommandError::new("the sync was cancelled before its end")
            .hint("run it again: it goes on where it stopped"));
    }
    let failed = set.count(Action::Failed);
    let held_back = set
        .entries
        .iter()
        .filter(|entry| entry.reason.as_ref().is_some_and(SkipReason::is_unwanted))
        .count();
    Err(CommandError::new(format!(
        "the cluster is not as described: {failed} failed, {held_back} held back"
    )))
}

/// What happened to one object: `configured  Deployment/web in namespace shop`, and why when it was not done.
pub(crate) fn line(entry: &ChangeSetEntry, style: Style) -> String {
    let mut text = format!(
        "{} {}",
        style.paint(label(entry.action), &format!("{:<10}", word(entry.action))),
        entry.key
    );
    if let Some(why) = &entry.reason {
        text = format!("{text}: {why}");
    }
    if let Some(error) = &entry.error {
        text = format!("{text}: {}", error.message);
    }
    for conflict in &entry.conflicts {
        let what = if conflict.taken { "taken from" } else { "left to" };
        text = format!("{text}\n{:11}{} {what} {}", "", conflict.field, conflict.manager);
    }
    for warning in &entry.warnings {
        text = format!("{text}\n{:11}{}", "", style.paint(Label::Warning, warning));
    }
    text
}

/// The word of an action, as kubectl has it.
pub(crate) fn word(action: Action) -> &'static str {
    match action {
        Action::Created => "created",
        Action::Configured => "configured",
        Action::Unchanged => "unchanged",
        Action::Deleted => "deleted",
        Action::Skipped => "skipped",
        Action::Failed => "failed",
    }
}

/// Whether something happened to the object that a person wants to see.
pub(crate) fn is_notable(entry: &ChangeSetEntry) -> bool {
    entry.action != Action::Unchanged || !entry.conflicts.is_empty() || !entry.warnings.is_empty()
}

fn label(action: Action) -> Label {
    match action {
        Action::Created => Label::Added,
        Action::Configured => Label::Changed,
        Action::Unchanged => Label::Faint,
        Action::Deleted => Label::Removed,
        Action::Skipped => Label::Warning,
        Action::Failed => Label::Bad,
    }
}

fn counts(set: &ChangeSet) -> String {
    let actions = [
        Action::Created,
        Action::Configured,
        Action::Unchanged,
        Action::Deleted,
        Action::Skipped,
        Action::Failed,
    ];
    let counted = actions.into_iter().map(|action| (set.count(action), action));
    let shown = counted.filter(|(count, action)| *count > 0 || *action == Action::Unchanged);
    shown
        .map(|(count, action)| format!("{count} {}", word(action)))
        .collect::<Vec<_>>()
        .join(", ")
}
