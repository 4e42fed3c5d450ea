//! What happens to each field of an object, and whose it is, as text.

use engine::diff::{Explanation, Fate, FieldOwner, ObjectDiff, UnknownField};

use crate::ui::{Label, Style};

/// Longer paths do not push the owners further to the right.
const WIDEST: usize = 60;

/// One line per field that changes in value or in owner, then one per field that is not known.
pub(crate) fn lines(diff: &ObjectDiff, style: Style) -> Vec<String> {
    let width = |explanation: &Explanation| explanation.path.chars().count();
    let widest = diff.explained.iter().map(width).max().unwrap_or_default();
    let explained = diff
        .explained
        .iter()
        .map(|explanation| explained(explanation, widest.min(WIDEST), style));
    let unknown = diff.unknown.iter().map(|field| unknown(field, style));
    explained.chain(unknown).collect()
}

fn explained(explanation: &Explanation, width: usize, style: Style) -> String {
    let label = match explanation.fate {
        Fate::Set | Fate::Shared | Fate::Adopted => Label::Changed,
        Fate::Removed => Label::Removed,
        Fate::TakenOver | Fate::Kept => Label::Warning,
        Fate::GivenUp | Fate::Defaulted => Label::Faint,
    };
    let fate = style.paint(label, &format!("{:<14}", explanation.fate.to_string()));
    let owners = style.paint(Label::Faint, &owners(&explanation.before, &explanation.after));
    format!("{fate} {:<width$}  {owners}", explanation.path)
}

/// Fields of which something can be told by the server alone.
fn unknown(field: &UnknownField, style: Style) -> String {
    let path = if field.path.is_empty() {
        "the whole object"
    } else {
        &field.path
    };
    let word = style.paint(Label::Warning, &format!("{:<14}", "unknown"));
    format!("{word} {path}: {}", field.reason)
}

/// `kubectl-edit → glops`; a change of nothing but the value has the owners once.
fn owners(before: &[FieldOwner], after: &[FieldOwner]) -> String {
    if before == after {
        return names(after);
    }
    format!("{} → {}", names(before), names(after))
}

fn names(owners: &[FieldOwner]) -> String {
    if owners.is_empty() {
        return "nobody".to_owned();
    }
    let names: Vec<String> = owners.iter().map(ToString::to_string).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(manager: &str, subresource: &str) -> FieldOwner {
        FieldOwner {
            manager: manager.into(),
            applied: true,
            subresource: subresource.into(),
        }
    }

    #[test]
    fn owners_are_named_before_and_after() {
        let (hpa, us) = (owner("hpa", "scale"), owner("glops", ""));
        assert_eq!(owners(&[], std::slice::from_ref(&us)), "nobody → glops");
        assert_eq!(
            owners(std::slice::from_ref(&hpa), &[hpa.clone(), us]),
            "hpa (scale) → hpa (scale), glops"
        );
        assert_eq!(
            owners(std::slice::from_ref(&hpa), std::slice::from_ref(&hpa)),
            "hpa (scale)"
        );
    }
}
