use super::*;
use crate::values::{from_yaml, set::tests::shown};

fn values(text: &str) -> Map {
    from_yaml(text.as_bytes()).expect("values")
}

#[test]
fn a_null_removes_a_default_and_stays_where_there_is_none() {
    let over = values("a: null\nb: null\nt: {x: null, q: 1}\n");
    coalesce_tables(&over, &values("a: 1\nt: {x: 1, z: 2}\nd: null\n"));
    assert_eq!(shown(&over), r#"{"b":null,"d":null,"t":{"q":1,"z":2}}"#);
}

#[test]
fn merging_keeps_nulls() {
    let over = values("a: null\nt: {x: null}\n");
    merge_tables(&over, &values("a: 1\nt: {x: 1}\n"));
    assert_eq!(shown(&over), r#"{"a":null,"t":{"x":null}}"#);
}

#[test]
fn a_table_and_another_value_do_not_mix() {
    let over = values("a: {x: 1}\nb: 2\n");
    coalesce_tables(&over, &values("a: 1\nb: {q: 1}\n"));
    assert_eq!(shown(&over), r#"{"a":{"x":1},"b":2}"#);
}

#[test]
fn a_copy_shares_nothing() {
    let original = values("a: {b: [{c: 1}]}\n");
    let copy = deep_copy(&original);
    table(&copy, "a").expect("a table").insert("d", true);
    assert_eq!(shown(&original), r#"{"a":{"b":[{"c":1}]}}"#);
}

#[test]
fn paths_find_tables_and_values_apart() {
    let values = values("a: {b: {c: 1}}\n");
    assert!(table(&values, "a.b").is_some());
    assert!(table(&values, "a.b.c").is_none());
    assert!(lookup(&values, "a.b").is_none());
    assert!(lookup(&values, "a.b.c").is_some());
    assert!(lookup(&values, "a.x.c").is_none());
}
