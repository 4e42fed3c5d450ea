//! Words that do not belong into what is committed.

use crate::repository;

/// A word and why it may not stay. Split, so that this table does not find itself.
const WORDS: &[(&str, &str, &str)] = &[
    ("/ro", "ot/", "a path of one machine"),
    ("/wo", "rk/", "a path of one machine"),
    ("/Us", "ers/", "a path of one machine"),
    ("TO", "DO", "finish it, or write an issue"),
    ("FIX", "ME", "finish it, or write an issue"),
    ("#[ig", "nore", "a test that does not run tests nothing"),
    ("<<<<", "<<< ", "a merge that was not finished"),
];

/// What others wrote and tests only read.
const FOREIGN: &[&str] = &[
    "testdata/",
    "/testdata/",
    "LICENSE",
    "go.sum",
    "Cargo.lock",
    "/golden/",
];

pub(super) fn check(files: &[String]) -> Vec<String> {
    let mut violations = Vec::new();
    for path in files
        .iter()
        .filter(|path| !FOREIGN.iter().any(|part| path.contains(part)))
    {
        if let Some(text) = repository::text(path) {
            violations.extend(search(path, &text));
        }
    }
    violations
}

fn search(path: &str, text: &str) -> Vec<String> {
    let mut violations = Vec::new();
    for (begin, end, why) in WORDS {
        let word = format!("{begin}{end}");
        for (number, line) in (1..).zip(text.lines()) {
            if stands_alone(line, &word) {
                violations.push(format!("{path}:{number}: {word}: {why}"));
            }
        }
    }
    violations
}

/// Whether `word` begins a word in `line`: a path within another path does not count.
fn stands_alone(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|character| !character.is_alphanumeric() && !"._-})$".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stray_words_are_found() {
        let path = format!("{}{}", "\"/ro", "ot/.cache\"");
        assert_eq!(search("file", &path).len(), 1);
        assert_eq!(search("file", &format!("// {}{}: later", "TO", "DO")).len(), 1);
    }

    #[test]
    fn the_same_letters_within_another_path_are_not() {
        assert!(search("file", &format!("home{}{}x", "/ro", "ot/")).is_empty());
    }
}
