use crate::capabilities::Compatibility;

/// The documents of a rendered file that are not blank.
pub fn documents(text: &str, compatibility: Compatibility) -> Vec<&str> {
    match compatibility {
        Compatibility::Helm4 => split_at_lines(text).collect(),
        Compatibility::Helm3 => split_loosely(text),
    }
}

/// `---` at the start of a line separates, whatever follows it. White space before documents is dropped.
fn split_at_lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start();
    // what follows a separator on its line is no start of a line; the text itself is one
    let mut rest = Some(match text.strip_prefix("---") {
        Some(after) => after.trim_start_matches([' ', '\t']),
        None => text,
    });
    std::iter::from_fn(move || {
        let (document, after) = match rest?.split_once("\n---") {
            Some((document, after)) => (document, Some(after.trim_start_matches([' ', '\t']))),
            None => (rest?, None),
        };
        // the line break before a separator belongs to the document
        let length = document.len() + usize::from(after.is_some());
        let document = &rest?[..length];
        rest = after;
        Some(document.trim_start())
    })
    .filter(|document| !document.is_empty())
}

/// `---` at the start of a line separates, together with all white space around it.
fn split_loosely(text: &str) -> Vec<&str> {
    const SEPARATOR: &str = "---";
    let text = text.trim();
    let mut rest = text.strip_prefix(SEPARATOR).unwrap_or(text).trim_start();
    let mut documents = Vec::new();
    while let Some((document, after)) = rest.split_once("\n---") {
        documents.push(document.trim_end());
        rest = after.trim_start();
    }
    documents.push(rest);
    documents.retain(|document| !document.is_empty());
    documents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_split_as_helm_does() {
        for (text, expected) in [
            ("", vec![]),
            ("\n\na: 1\n\n", vec!["a: 1\n\n"]),
            ("---\na: 1\n---\nb: 2\n", vec!["a: 1\n", "b: 2\n"]),
            ("a: 1\n--- # note\nb: 2", vec!["a: 1\n", "# note\nb: 2"]),
            ("---a: 1\n", vec!["a: 1\n"]),
            ("------\na: 1\n", vec!["---\na: 1\n"]),
            ("a: |\n  ---\n", vec!["a: |\n  ---\n"]),
            ("---\n---\n \n---\n", vec![]),
        ] {
            assert_eq!(documents(text, Compatibility::Helm4), expected, "{text:?}");
        }
    }

    #[test]
    fn older_helm_trims_documents_at_both_ends() {
        for (text, expected) in [
            ("---\na: 1\n\n\n---\nb: 2\n", vec!["a: 1", "b: 2"]),
            ("---a: 1\n---  \n\n  b: 2", vec!["a: 1", "b: 2"]),
            // a separator takes the line break before the next one
            ("\n---\n---\n", vec!["---"]),
        ] {
            assert_eq!(documents(text, Compatibility::Helm3), expected, "{text:?}");
        }
    }
}
