use super::*;

#[test]
fn globs_match_as_in_go() {
    for (pattern, name, expected) in [
        ("abc", "abc", Some(true)),
        ("*", "abc", Some(true)),
        ("*c", "abc", Some(true)),
        ("a*", "a/b", Some(false)),
        ("a*/b", "abc/b", Some(true)),
        ("a*b*c", "axbxxc", Some(true)),
        ("a?c", "abc", Some(true)),
        ("a?c", "a/c", Some(false)),
        ("[a-c]x", "bx", Some(true)),
        ("[^a-c]x", "bx", Some(false)),
        ("[^a-c]x", "dx", Some(true)),
        (r"a\*", "a*", Some(true)),
        ("[", "a", None),
        ("[]a]", "]", None),
        ("[-]", "-", None),
        ("[a-]", "a", None),
        ("a[", "ab", None),
        ("", "a", Some(false)),
        ("templates/.?*", "templates/.x", Some(true)),
    ] {
        assert_eq!(glob(pattern, name), expected, "{pattern} {name}");
    }
}

fn ignored(rules: &str, path: &str, is_directory: bool) -> bool {
    let rules = Rules::parse(rules.as_bytes()).unwrap_or_else(|reason| panic!("{rules}: {reason}"));
    rules.ignores(path, is_directory)
}

#[test]
fn rules_decide_in_their_order() {
    for (rules, path, is_directory, expected) in [
        ("*.txt", "a/b.txt", false, true),
        ("/b.txt", "a/b.txt", false, false),
        ("a/*.txt", "a/b.txt", false, true),
        ("docs/", "docs", true, true),
        ("docs/", "docs", false, false),
        ("# *.txt\n\n", "b.txt", false, false),
        ("!*.yaml", "b.txt", false, true),
        ("!*.yaml", "b.yaml", false, false),
        ("", "templates/.hidden", false, true),
        ("", ".hidden", false, false),
    ] {
        assert_eq!(ignored(rules, path, is_directory), expected, "{rules} {path}");
    }
    assert!(Rules::parse(b"a/**").is_err());
}
