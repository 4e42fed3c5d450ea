use std::collections::BTreeMap;

use serde_json::Value;

use crate::diff::{FieldDiff, Label, leaves};

/// The states of one object, masked and without noise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sides<'a> {
    /// As the base renders it.
    pub base: Option<&'a Value>,
    /// As the head renders it.
    pub head: Option<&'a Value>,
    /// As it is live.
    pub live: Option<&'a Value>,
    /// As it would be after applying the head.
    pub predicted: Option<&'a Value>,
}

/// The fields that differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldPreview {
    /// Labelled, by path.
    pub fields: Vec<FieldDiff>,
    /// How many fields the server or a webhook sets that no manifest names.
    pub defaulted: usize,
}

/// Compares the states field by field. `owners` are the managers of live fields that are not ours, by path.
pub fn preview_fields(sides: &Sides<'_>, owners: &BTreeMap<String, String>) -> FieldPreview {
    let mut preview = FieldPreview::default();
    for leaf in leaves([sides.base, sides.head, sides.live, sides.predicted]) {
        let [base, head, live, predicted] = leaf.values;
        if base.is_none() && head.is_none() {
            preview.defaulted += usize::from(live.is_some() || predicted.is_some());
            continue;
        }
        let Some(label) = label(base, head, live, sides.live.is_some()) else {
            continue;
        };
        let label = match owners.get(&leaf.path) {
            Some(manager) if live != head => Label::ForeignManager(manager.clone()),
            _ => label,
        };
        preview.fields.push(FieldDiff {
            path: leaf.path,
            label,
            before: if sides.live.is_some() { live } else { base }.cloned(),
            after: head.cloned(),
        });
    }
    preview
}

/// The table of whose change a difference is; `None` when nothing differs.
fn label(base: Option<&Value>, head: Option<&Value>, live: Option<&Value>, is_live: bool) -> Option<Label> {
    if !is_live {
        return (base != head).then_some(Label::YourChange);
    }
    match (base == head, live == base, live == head) {
        (true, true, _) => None,
        (true, false, _) => Some(Label::Drift),
        (false, true, _) => Some(Label::YourChange),
        (false, false, true) => Some(Label::AlreadyLive),
        (false, false, false) => Some(Label::Conflict),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn labels(base: &Value, head: &Value, live: &Value) -> Vec<(String, Label)> {
        let sides = Sides {
            base: Some(base),
            head: Some(head),
            live: Some(live),
            predicted: None,
        };
        let preview = preview_fields(&sides, &BTreeMap::from([("theirs".to_owned(), "hpa".to_owned())]));
        preview
            .fields
            .into_iter()
            .map(|field| (field.path, field.label))
            .collect()
    }

    #[test]
    fn each_row_of_the_table_has_its_label() {
        let base =
            json!({"same": 1, "mine": 1, "drifted": 1, "done": 1, "fought": 1, "gone": 1, "theirs": 1});
        let head = json!({"same": 1, "mine": 2, "drifted": 1, "done": 2, "fought": 2, "theirs": 2});
        let live = json!({"same": 1, "mine": 1, "drifted": 9, "done": 2, "fought": 9, "gone": 1, "theirs": 9, "set": 1});
        let expected = [
            ("done", Label::AlreadyLive),
            ("drifted", Label::Drift),
            ("fought", Label::Conflict),
            ("gone", Label::YourChange),
            ("mine", Label::YourChange),
            ("theirs", Label::ForeignManager("hpa".into())),
        ];
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(path, label)| (path.to_owned(), label))
            .collect();
        assert_eq!(labels(&base, &head, &live), expected);
    }

    #[test]
    fn without_a_cluster_everything_is_the_change_itself() {
        let (base, head) = (json!({"a": 1}), json!({"a": 2}));
        let sides = Sides {
            base: Some(&base),
            head: Some(&head),
            ..Sides::default()
        };
        let preview = preview_fields(&sides, &BTreeMap::new());
        assert_eq!(preview.fields.len(), 1);
        assert_eq!(preview.fields[0].label, Label::YourChange);
    }
}
