use super::*;
use crate::values::{SetForm, set};

fn found(schema: &str, values: &str) -> String {
    let table = Map::new();
    set(&table, values, &SetForm::Typed).unwrap_or_else(|error| panic!("{error}"));
    let found = against(schema.as_bytes(), &table).err().unwrap_or_default();
    found.text
}

#[test]
fn violations_read_as_in_helm() {
    for (schema, values, expected) in [
        (
            r#"{"properties":{"a":{"type":"string"}}}"#,
            "a=1",
            "- at '/a': got number, want string\n",
        ),
        (r#"{"properties":{"a":{"type":"string"}}}"#, "a=x", ""),
        (
            r#"{"required":["x","y"]}"#,
            "a=1",
            "- at '': missing properties 'x', 'y'\n",
        ),
        (
            r#"{"properties":{"n":{"maximum":65535}}}"#,
            "n=70000",
            "- at '/n': maximum: got 70,000, want 65,535\n",
        ),
        (
            r#"{"properties":{"n":{"multipleOf":2.5,"exclusiveMaximum":1234567.125}}}"#,
            "n=12345678",
            "- at '/n': exclusiveMaximum: got 1.2345678×10⁰⁷, want 1.234567125×10⁰⁶\n\
             - at '/n': multipleOf: got 1.2345678×10⁰⁷, want 2.5\n",
        ),
        (
            r#"{"properties":{"n":{"enum":["a",1,2000000,null,true]}}}"#,
            "n=x",
            "- at '/n': value must be one of 'a', 1, 2000000, <nil>, true\n",
        ),
        (
            r#"{"properties":{"n":{"anyOf":[{"type":"integer"},{"type":"null"}]}}}"#,
            "n=x",
            "- at '/n': 'anyOf' failed\n  - at '/n': got string, want integer\n  - at '/n': got string, want null\n",
        ),
        (
            r##"{"properties":{"n":{"$ref":"#/$defs/q"}},"$defs":{"q":{"type":"string","minLength":5,"pattern":"[0-9]"}}}"##,
            "n=x",
            "- at '/n': validation failed\n  - at '/n': minLength: got 1, want 5\n  \
             - at '/n': 'x' does not match pattern '[0-9]'\n",
        ),
        ("", "n=1", "EOF"),
        ("{", "n=1", "unexpected EOF"),
        (
            r##"{"$ref":"#/definitions/x"}"##,
            "n=1",
            "json-pointer in \"file:///values.schema.json#/definitions/x\" not found",
        ),
    ] {
        assert_eq!(found(schema, values), expected, "{schema}");
    }
}

#[derive(serde::Deserialize)]
struct Case {
    schema: String,
    values: String,
    text: bool,
    out: String,
}

#[test]
fn violations_are_those_that_helm_printed() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../testdata/schema.json")).expect("recorded cases");
    let mut different = Vec::new();
    for case in cases {
        let table = Map::new();
        let form = if case.text { SetForm::Text } else { SetForm::Typed };
        set(&table, &case.values, &form).unwrap_or_else(|error| panic!("{error}"));
        let found = against(case.schema.as_bytes(), &table)
            .err()
            .unwrap_or_default()
            .text;
        if found != case.out {
            different.push(format!(
                "{}\n{}\nhelm:\n{}\nours:\n{found}",
                case.schema, case.values, case.out
            ));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n\n"));
}
