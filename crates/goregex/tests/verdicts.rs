//! What Go takes, what it says of what it does not take, and what an expression then matches.

use regex::bytes::Regex;

fn matches(pattern: &str, text: &str) -> bool {
    let translated = goregex::translate(pattern).expect(pattern);
    Regex::new(&translated).expect(pattern).is_match(text.as_bytes())
}

#[test]
fn what_stands_for_itself() {
    for (pattern, text) in [
        (r"^\${NAME}$", "${NAME}"),
        ("^a{,2}$", "a{,2}"),
        ("^[[]$", "["),
        ("^[a&&b]$", "&"),
        (r"^\<$", "<"),
        (r"^\Qa.b\E.$", "a.bc"),
    ] {
        assert!(matches(pattern, text), "{pattern}");
    }
}

#[test]
fn classes_are_ascii() {
    assert!(matches(r"^\d\w\s$", "1a "));
    assert!(!matches(r"\d", "\u{663}"));
    assert!(!matches(r"\s", "\u{b}"));
}

#[test]
fn refusals_are_those_of_go() {
    for (pattern, problem) in [
        ("^(?:()$", "missing closing ): `^(?:()$`"),
        ("a)", "unexpected ): `a)`"),
        ("*", "missing argument to repetition operator: `*`"),
        ("a**", "invalid nested repetition operator: `**`"),
        ("a{1001}", "invalid repeat count: `{1001}`"),
        ("[b-a]", "invalid character class range: `b-a`"),
        (r"\y", r"invalid escape sequence: `\y`"),
        ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
    ] {
        assert_eq!(goregex::translate(pattern), Err(problem.to_owned()));
    }
}
