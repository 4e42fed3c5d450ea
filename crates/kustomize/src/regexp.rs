use regex::bytes::Regex;

use crate::error::{Error, Result};

/// The expression that Go would make of a text, or its error.
pub(crate) fn compile(pattern: &str) -> Result<Regex> {
    let translated = goregex::translate(pattern)
        .map_err(|problem| Error::new(format!("error parsing regexp: {problem}")))?;
    Regex::new(&translated)
        .map_err(|_| Error::new(format!("error parsing regexp: expression too large: `{pattern}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_and_classes_are_those_of_go() {
        let matches = |pattern: &str, text: &str| compile(pattern).unwrap().is_match(text.as_bytes());
        assert!(matches(r"^(?:\${NAME}-control-plane)$", "${NAME}-control-plane"));
        assert!(matches("^a{2}$", "aa"));
        assert!(matches("[[]", "["));
        assert!(!matches(r"^\d$", "\u{663}"));
        let error = compile("^(?:()$").unwrap_err().to_string();
        assert_eq!(error, "error parsing regexp: missing closing ): `^(?:()$`");
    }
}
