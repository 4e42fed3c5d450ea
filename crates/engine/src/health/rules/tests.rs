use std::collections::HashSet;

use serde_json::{Value, json};

use super::evaluate::Scope;
use super::files::FILES;
use super::parser;
use crate::health::{Health, Verdict};

/// What a rule that is written in the test says about an object.
fn judge(rule: &str, object: &Value) -> Option<Verdict<Health>> {
    let rules = parser::parse(&format!("rule example.com/Widget\n{rule}")).unwrap();
    Scope::new(object).verdict(&rules[0].steps)
}

fn message(expression: &str, object: &Value) -> String {
    judge(&format!("  -> Healthy {expression}\n"), object)
        .unwrap()
        .message
}

fn with_conditions(conditions: &Value) -> Value {
    json!({"kind": "Widget", "status": {"conditions": conditions}})
}

#[test]
fn every_file_is_sound_and_each_kind_has_one_rule() {
    let mut seen = HashSet::new();
    for (name, text) in FILES {
        let rules = parser::parse(text).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert!(!rules.is_empty(), "{name} is empty");
        for pattern in rules.iter().flat_map(|rule| &rule.patterns) {
            assert!(
                seen.insert((&*pattern.group.clone().leak(), &*pattern.kind.clone().leak())),
                "{pattern:?}"
            );
        }
    }
}

#[test]
fn a_scan_takes_the_first_condition_that_fits_any_line() {
    let rule = "  scan\n    Ready=True -> Healthy c.message\n    Failed=True -> Degraded c.message\n  -> Progressing\n";
    let both = with_conditions(&json!([
        {"type": "Failed", "status": "True", "message": "f"}, {"type": "Ready", "status": "True", "message": "r"}]));
    assert_eq!(judge(rule, &both), Some(Verdict::new(Health::Degraded, "f")));
    assert_eq!(
        judge(rule, &json!({})),
        Some(Verdict::new(Health::Progressing, ""))
    );
}

#[test]
fn steps_without_a_verdict_go_on_and_names_end_with_their_block() {
    let rule =
        "  if status.a == 1\n    let b = 2\n    b == 3 -> Degraded\n  b == 2 -> Unknown\n  -> Healthy\n";
    assert_eq!(
        judge(rule, &json!({"status": {"a": 1}})).unwrap().status,
        Health::Healthy
    );
}

#[test]
fn what_is_missing_is_null() {
    let object = json!({"status": {"n": 3}});
    for (expression, expected) in [
        ("status.a.b.c", ""),
        ("status.a ?? 'none'", "none"),
        ("status.a == null", "true"),
        ("status.a < 3", "false"),
        ("status.n >= 3 and not status.a", "true"),
        ("status.n - 1", "2"),
        ("'a' + status.n", "a3"),
        ("status.n in [1, 3]", "true"),
        ("\"{status.n}/{status.a ?? 'x'}\"", "3/x"),
    ] {
        assert_eq!(message(expression, &object), expected, "{expression}");
    }
}

#[test]
fn questions_about_lists() {
    let object = json!({"status": {"parts": [{"n": 1, "name": "a"}, {"n": 2, "name": "b"}, {"n": 3}],
        "map": {"z": {"n": 1}, "y": {"n": 2}}}});
    for (expression, expected) in [
        ("any(p in status.parts: p.n > 2)", "true"),
        ("all(p in status.parts: p.name != null)", "false"),
        ("count(p in status.parts: p.name != null)", "2"),
        ("first(p in status.parts: p.n > 1).name", "b"),
        ("last(p in status.parts).n", "3"),
        ("sum(p in status.parts => p.n)", "6"),
        (
            "join(', ', p in status.parts: p.name != null => \"{index}{p.name}\")",
            "1a, 2b",
        ),
        ("join('', p in status.map => p.n)", "21"),
        ("any(p in status.nothing)", "false"),
        ("choose(size(status.parts) == 3, 'three', 'other')", "three"),
        ("before('2/3', '/') + after('2/3', '/')", "23"),
        ("prefix('abcdef', 3)", "abc"),
    ] {
        assert_eq!(message(expression, &object), expected, "{expression}");
    }
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, expected) in [
        ("nonsense", "line 1: expected a rule"),
        ("rule a/B\n  -> Happy", "line 2: Happy is no health"),
        (
            "rule a/B\n  status.a == -> Healthy",
            "line 2: expected an expression",
        ),
        ("rule a/B\n  -> Healthy 'a", "line 2: a text is not closed"),
        (
            "rule a/B\n  -> Healthy strange(1)",
            "line 2: there is no function strange",
        ),
        (
            "rule a/B\n  -> Healthy size(1, 2)",
            "line 2: size takes 1 arguments, found 2",
        ),
        ("rule a/B\n   -> Healthy", "line 2: indentation is by two spaces"),
        ("rule a/B\n  -> Healthy 'a' 'b'", "line 2: unexpected"),
    ] {
        let problem = parser::parse(text).unwrap_err();
        assert!(problem.starts_with(expected), "{text:?}: {problem}");
    }
}

#[test]
fn an_exact_rule_comes_before_a_wildcard() {
    let conditions = json!([{"type": "Installed", "status": "True", "reason": "I"}, {"type": "Healthy", "status": "True", "reason": "H"}]);
    let provider = json!({"apiVersion": "pkg.crossplane.io/v1", "kind": "Provider", "status": {"conditions": conditions}});
    assert_eq!(
        super::assess(&provider),
        Some(Verdict::new(Health::Healthy, "I H"))
    );
    let other = json!({"apiVersion": "nop.crossplane.io/v1", "kind": "NopResource",
        "status": {"conditions": [{"type": "Ready", "status": "True"}]}});
    assert_eq!(
        super::assess(&other),
        Some(Verdict::new(Health::Healthy, "Resource is up-to-date."))
    );
    assert_eq!(
        super::assess(&json!({"apiVersion": "example.com/v1", "kind": "Widget"})),
        None
    );
}
