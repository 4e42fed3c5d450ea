use std::collections::BTreeMap;

use serde_json::Value;

use crate::diff::{FieldDiff, Label, ObjectChange, ObjectDiff, leaves};

/// Says of each field of a diff against live whose change it is, now that the base is known too.
pub(super) fn relabel(mut diff: ObjectDiff, base: &Value, head: &Value) -> ObjectDiff {
    match diff.change {
        ObjectChange::Update | ObjectChange::Recreate | ObjectChange::None
            if !base.is_null() && !head.is_null() => {}
        // an object that one side lacks is a change as a whole
        _ => return diff,
    }
    // of what is as desired, nothing was read but that: live is what the head says
    let (live, after) = match diff.change {
        ObjectChange::None if diff.before.is_null() => (head, head),
        _ => (&diff.before, &diff.after),
    };
    let foreign: BTreeMap<String, Label> = diff
        .fields
        .iter()
        .filter(|field| matches!(field.label, Label::ForeignManager(_)))
        .map(|field| (field.path.clone(), field.label.clone()))
        .collect();
    let mut fields = Vec::new();
    for leaf in leaves([Some(base), Some(head), Some(live), Some(after)]) {
        let [base, head, live, after] = leaf.values;
        let Some(label) = foreign
            .get(&leaf.path)
            .cloned()
            .or_else(|| label(base, head, live, after))
        else {
            continue;
        };
        // what another manager keeps stays as it is, and differs from what is asked for
        let after = if matches!(label, Label::ForeignManager(_)) {
            head
        } else {
            after
        };
        fields.push(FieldDiff {
            path: leaf.path,
            label,
            before: live.cloned(),
            after: after.cloned(),
        });
    }
    diff.fields = fields;
    diff
}

/// Whose change a difference is; `None` when there is none to tell of.
fn label(
    base: Option<&Value>,
    head: Option<&Value>,
    live: Option<&Value>,
    after: Option<&Value>,
) -> Option<Label> {
    let is_requested = base != head;
    match (live == after, is_requested) {
        (true, true) => Some(Label::AlreadyLive),
        (true, false) => None,
        (false, true) if live == base => Some(Label::YourChange),
        (false, true) => Some(Label::Conflict),
        (false, false) if head.is_some() => Some(Label::Drift),
        // an apply takes out what neither side states: an earlier revision put it there
        (false, false) if after.is_none() => Some(Label::Pruned),
        (false, false) => Some(Label::Defaulted),
    }
}
