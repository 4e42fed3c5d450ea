//! What becomes of a folded scalar that go-yaml v3 prints, folded again, and reads: before a line that is indented
//! further it gains a break. Whoever edits nodes prints them so on the way to JSON, kustomize among them.

/// The text after it was printed and read.
pub(super) fn reprinted(text: String) -> String {
    let starts_blank = text.trim_start_matches('\n').starts_with([' ', '\t']);
    if starts_blank || !text.contains('\n') || is_quoted(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text.as_str();
    while let Some(end) = rest.find('\n') {
        let (line, tail) = rest.split_at(end);
        let next = tail.trim_start_matches('\n');
        let breaks = tail.len() - next.len();
        let is_plain = !line.is_empty() && !line.starts_with([' ', '\t']);
        let keeps_all = next.is_empty() && breaks > 1;
        out.push_str(line);
        out.push_str(&tail[..breaks]);
        if is_plain && (keeps_all || next.starts_with([' ', '\t'])) {
            out.push('\n');
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

/// Whether it would be printed in quotes, and so stay as it is.
fn is_quoted(text: &str) -> bool {
    text.ends_with(' ')
        || text.contains(" \n")
        || text
            .chars()
            .any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indented_lines_gain_a_break() {
        for (text, read) in [
            ("a b", "a b"),
            ("a\nb\n\nc\n", "a\nb\n\nc\n"),
            ("a\n  b\n  c\nd", "a\n\n  b\n  c\nd"),
            ("a\n\n  b", "a\n\n\n  b"),
            ("a\n\n", "a\n\n\n"),
            ("a \n  b", "a \n  b"),
        ] {
            assert_eq!(reprinted(text.to_owned()), read);
        }
    }
}
