use super::*;
use crate::values::set::tests::shown;

fn merged(sources: &Sources) -> Result<Map, Error> {
    sources.values(&|path| Err(format!("open {path}: no such file or directory")))
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn later_kinds_win_and_tables_are_merged() {
    let sources = Sources {
        files: vec![
            ("a.yaml".into(), b"a: {x: 1, q: 1}\nl: [1, 2]\n".to_vec()),
            ("b.yaml".into(), b"a: {q: 2}\nl: [3]\n".to_vec()),
        ],
        set_json: texts(&[r#"{"a":{"z":3}}"#, "b=1,c=1,d=1"]),
        set: texts(&["b=2,c=2,d=2"]),
        set_string: texts(&["c=3,d=3"]),
        set_literal: texts(&["d=4,5"]),
        ..Sources::default()
    };
    let values = merged(&sources).expect("values");
    assert_eq!(
        shown(&values),
        r#"{"a":{"q":2,"x":1,"z":3},"b":2,"c":"3","d":"4,5","l":[3]}"#
    );
}

#[test]
fn documents_of_a_file_are_merged() {
    let values = from_yaml(b"---\na: {x: 1}\n--- # more\na: {q: yes}\n---\n").expect("values");
    assert_eq!(shown(&values), r#"{"a":{"q":true,"x":1}}"#);
}

#[test]
fn the_last_line_is_ended_as_helm_ends_it() {
    let values = from_yaml(b"a: |\n  x\n    ").expect("values");
    assert_eq!(shown(&values), r#"{"a":"x\n  \n"}"#);
}

#[test]
fn a_file_that_is_no_table_is_an_error() {
    let error = from_yaml(b"- a\n").expect_err("a list");
    assert!(
        error
            .to_string()
            .ends_with("json: cannot unmarshal array into Go value of type map[string]interface {}")
    );
}

#[test]
fn errors_name_the_option_and_no_value() {
    let sources = Sources {
        set: texts(&["password={secret"]),
        ..Sources::default()
    };
    let error = merged(&sources).expect_err("an open list");
    assert_eq!(error.to_string(), "failed parsing --set data");
    let source = std::error::Error::source(&error).expect("a cause").to_string();
    assert_eq!(source, "list must terminate with '}'");
}
