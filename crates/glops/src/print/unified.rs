//! The difference of two objects as the lines of their YAML.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::ui::{Label, Style};

/// Lines of a unified diff with `context` equal lines around each change; empty when nothing differs.
///
/// What is left out between two hunks is said (`@@ 12 lines @@`), so nobody counts the lines of a text that
/// exists nowhere.
pub(super) fn lines(before: &Value, after: &Value, context: usize, style: Style) -> Vec<String> {
    let (old, new) = (text_of(before), text_of(after));
    let diff = TextDiff::from_lines(&old, &new);
    let mut lines = Vec::new();
    let mut shown_until = 0;
    for group in diff.grouped_ops(context) {
        let start = group.first().map_or(0, |op| op.old_range().start);
        if start > shown_until {
            lines.push(style.paint(Label::Faint, &skipped(start - shown_until)));
        }
        shown_until = group.last().map_or(start, |op| op.old_range().end);
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            lines.push(line(change.tag(), change.value().trim_end_matches('\n'), style));
        }
    }
    let total = old.lines().count();
    if !lines.is_empty() && total > shown_until {
        lines.push(style.paint(Label::Faint, &skipped(total - shown_until)));
    }
    lines
}

fn line(tag: ChangeTag, text: &str, style: Style) -> String {
    match tag {
        ChangeTag::Equal => format!(" {text}"),
        ChangeTag::Delete => style.paint(Label::Removed, &format!("-{text}")),
        ChangeTag::Insert => style.paint(Label::Added, &format!("+{text}")),
    }
}

fn skipped(count: usize) -> String {
    format!("@@ {count} {} @@", if count == 1 { "line" } else { "lines" })
}

fn text_of(value: &Value) -> String {
    if value.is_null() {
        String::new()
    } else {
        yaml::to_string(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn shows_what_changed_and_says_what_is_left_out() {
        let before = json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5});
        let after = json!({"a": 1, "b": 2, "c": 30, "d": 4, "e": 5});
        assert_eq!(
            lines(&before, &after, 1, Style::PLAIN),
            [
                "@@ 1 line @@",
                " b: 2",
                "-c: 3",
                "+c: 30",
                " d: 4",
                "@@ 1 line @@"
            ]
        );
        assert_eq!(lines(&before, &before, 3, Style::PLAIN), [] as [&str; 0]);
        assert_eq!(lines(&Value::Null, &json!({"a": 1}), 3, Style::PLAIN), ["+a: 1"]);
    }
}
