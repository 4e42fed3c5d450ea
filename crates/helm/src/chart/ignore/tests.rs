use super::*;

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

fn ignored(rules: &str, path: &str, is_directory: bool) -> bool {
    let rules = Rules::parse(rules.as_bytes()).unwrap_or_else(|reason| panic!("{rules}: {reason}"));
    rules.ignores(path, is_directory)
}
