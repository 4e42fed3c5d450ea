/// The documents of a rendered file, without the white space before them. `---` at the start of a line separates
/// them whatever follows it.
pub fn documents(text: &str) -> impl Iterator<Item = &str> {
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
            assert_eq!(documents(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }
}
