//! What applying would do, object by object, as text.

use std::fmt;

use engine::diff::{Answer, Fallback, FieldDiff, Label as Whose, ObjectChange, ObjectDiff};

use super::{explain, unified};
use crate::ui::{Label, Style};

/// How much is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Detail {
    /// Equal lines around a change.
    pub(crate) context: usize,
    /// Field names and labels alone, no values.
    pub(crate) summary: bool,
    /// Who owns each field that changes, who will, and what happens to it.
    pub(crate) explain: bool,
}

/// One block per object that would change, then a line of counts.
pub(crate) fn text(diffs: &[ObjectDiff], detail: Detail, style: Style) -> String {
    let mut out = String::new();
    for diff in diffs.iter().filter(|diff| diff.change != ObjectChange::None) {
        out.push_str(&object(diff, detail, style));
        out.push('\n');
    }
    out.push_str(&Counts::of(diffs).to_string());
    out.push('\n');
    out.push_str(&Answers::of(diffs).to_string());
    out.push('\n');
    out
}

/// The block of one object: what is done to it, whose change each field is, and the lines that differ.
pub(crate) fn object(diff: &ObjectDiff, detail: Detail, style: Style) -> String {
    let mut lines = vec![heading(diff, style)];
    let is_told = |fallback: &&Fallback| detail.explain || !matches!(fallback, Fallback::Doubt(_));
    let fallback = diff.fallback.as_ref().filter(is_told).map(ToString::to_string);
    for note in fallback.iter().chain(&diff.note) {
        lines.push(format!("    {}", style.paint(Label::Warning, note)));
    }
    // a created or deleted object is one change; its fields would repeat the lines below
    if matches!(diff.change, ObjectChange::Update | ObjectChange::Recreate) {
        lines.extend(
            diff.fields
                .iter()
                .map(|field| format!("    {}", whose(field, style))),
        );
    }
    // so does who owns the fields of an object that nobody has yet
    if detail.explain && diff.change != ObjectChange::Create {
        let explained = explain::lines(diff, style);
        lines.extend(explained.into_iter().map(|line| format!("    {line}")));
    }
    if !detail.summary {
        let body = unified::lines(&diff.before, &diff.after, detail.context, style);
        lines.extend(body.iter().map(|line| format!("  {line}")));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// The sign, colour and word of what is done to an object.
pub(crate) fn sign(change: ObjectChange) -> (&'static str, Label, &'static str) {
    match change {
        ObjectChange::Create => ("+", Label::Added, "create"),
        ObjectChange::Update => ("~", Label::Changed, "change"),
        ObjectChange::Recreate => ("±", Label::Changed, "recreate"),
        ObjectChange::None => (" ", Label::Faint, "unchanged"),
        ObjectChange::Delete => ("-", Label::Removed, "delete"),
        ObjectChange::Keep => ("=", Label::Warning, "keep"),
        ObjectChange::Refused => ("!", Label::Bad, "refused"),
    }
}

fn heading(diff: &ObjectDiff, style: Style) -> String {
    let (sign, label, word) = sign(diff.change);
    let key = style.paint(Label::Bold, &diff.key.to_string());
    let predicted = match diff.answer {
        Answer::Predicted if diff.unknown.is_empty() => style.paint(Label::Faint, ", predicted"),
        Answer::Predicted => style.paint(Label::Faint, ", predicted in part"),
        Answer::Known | Answer::Asked => String::new(),
    };
    format!(
        "{} {key} {}{predicted}",
        style.paint(label, sign),
        style.paint(label, &format!("({word})"))
    )
}

fn whose(field: &FieldDiff, style: Style) -> String {
    let label = match &field.label {
        Whose::YourChange => Label::Changed,
        Whose::Drift | Whose::Conflict | Whose::ForeignManager(_) => Label::Warning,
        Whose::AlreadyLive | Whose::Defaulted => Label::Faint,
        Whose::Pruned => Label::Removed,
    };
    format!(
        "{} {}",
        style.paint(label, &format!("{:<14}", field.label.to_string())),
        field.path
    )
}

/// How many objects would be created, changed and deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) created: usize,
    pub(crate) changed: usize,
    pub(crate) recreated: usize,
    pub(crate) deleted: usize,
    pub(crate) kept: usize,
    pub(crate) refused: usize,
    pub(crate) unchanged: usize,
}

impl Counts {
    pub(crate) fn of(diffs: &[ObjectDiff]) -> Self {
        let mut counts = Self::default();
        for diff in diffs {
            *match diff.change {
                ObjectChange::Create => &mut counts.created,
                ObjectChange::Update => &mut counts.changed,
                ObjectChange::Recreate => &mut counts.recreated,
                ObjectChange::Delete => &mut counts.deleted,
                ObjectChange::Keep => &mut counts.kept,
                ObjectChange::Refused => &mut counts.refused,
                ObjectChange::None => &mut counts.unchanged,
            } += 1;
        }
        counts
    }

    /// Whether an apply would write anything.
    pub(crate) fn any_change(self) -> bool {
        self.created + self.changed + self.recreated + self.deleted > 0
    }
}

impl fmt::Display for Counts {
    /// `1 to create, 2 to change, 0 to delete, 5 unchanged`; what is held back or refused only when there is some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            created,
            changed,
            recreated,
            deleted,
            kept,
            refused,
            unchanged,
        } = self;
        write!(
            f,
            "{created} to create, {changed} to change, {deleted} to delete, {unchanged} unchanged"
        )?;
        if *recreated > 0 {
            write!(f, ", {recreated} to recreate")?;
        }
        if *kept > 0 {
            write!(f, ", {kept} held back")?;
        }
        if *refused > 0 {
            write!(f, ", {refused} refused")?;
        }
        Ok(())
    }
}

/// How the state after an apply was found out, over all objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    pub(crate) predicted: usize,
    pub(crate) asked: usize,
    /// Those of which something is not known.
    pub(crate) unknown: usize,
    /// Those about which the server did not allow to be asked.
    pub(crate) forbidden: usize,
}

impl Answers {
    pub(crate) fn of<'a>(diffs: impl IntoIterator<Item = &'a ObjectDiff>) -> Self {
        let mut answers = Self::default();
        for diff in diffs {
            answers.predicted += usize::from(diff.answer == Answer::Predicted);
            answers.asked += usize::from(diff.answer == Answer::Asked);
            answers.unknown += usize::from(!diff.unknown.is_empty());
            answers.forbidden += usize::from(matches!(diff.fallback, Some(Fallback::Forbidden(_))));
        }
        answers
    }

    /// What to tell when the server was to be asked and did not allow it.
    pub(crate) fn warning(self) -> Option<String> {
        let objects = match self.forbidden {
            0 => return None,
            1 => "one object".to_owned(),
            count => format!("{count} objects"),
        };
        Some(format!(
            "warning: no right to ask the server about {objects} by a dry run (patch): predicted instead; \
             --mode read-only does not ask"
        ))
    }
}

impl fmt::Display for Answers {
    /// `12 predicted, 2 asked of the server`, and of how many something is not known when there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} predicted, {} asked of the server",
            self.predicted, self.asked
        )?;
        if self.unknown > 0 {
            write!(f, ", {} not known in part", self.unknown)?;
        }
        Ok(())
    }
}
