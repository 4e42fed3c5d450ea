//! What texts mean and how values are written, case by case.

use serde_json::{Value, json};
use yaml::{Node, Options, Reader, Scalar, Style, Tag};

fn v2(text: &str) -> Value {
    yaml::from_slice(text.as_bytes(), Reader::V2).expect("sound YAML")
}

fn v3(text: &str) -> Value {
    yaml::from_slice(text.as_bytes(), Reader::V3).expect("sound YAML")
}

fn refusal(text: &str, reader: Reader) -> String {
    let error = yaml::from_slice(text.as_bytes(), reader).expect_err("unsound YAML");
    error.go_text().to_owned()
}

#[test]
fn old_booleans_are_booleans_in_v2_only() {
    assert_eq!(
        v2("a: yes\nb: off\ny: 1\n"),
        json!({"a": true, "b": false, "true": 1})
    );
    assert_eq!(
        v3("a: yes\nb: off\ny: 1\n"),
        json!({"a": "yes", "b": "off", "y": 1})
    );
}

#[test]
fn numbers_are_what_go_makes_of_them() {
    let text =
        "[0755, 0o17, 1_000, 1e3, 1.0, 0b11, 18446744073709551615, 08, .5, 123456789012345678901234567890]";
    let expected = json!([
        493,
        15,
        1000,
        1000,
        1,
        3,
        18_446_744_073_709_551_615_u64,
        8,
        0.5,
        1.234_567_890_123_456_8e29
    ]);
    assert_eq!(v2(text), expected);
    assert_eq!(v3(text), expected);
}

#[test]
fn timestamps_are_text_in_v2_and_points_in_time_in_v3() {
    assert_eq!(v2("2020-01-01"), json!("2020-01-01"));
    assert_eq!(v3("2020-01-01"), json!("2020-01-01T00:00:00Z"));
    assert_eq!(v3("2020-1-2 3:4:5.600"), json!("2020-01-02T03:04:05.6Z"));
    assert_eq!(v3("2020-02-30"), json!("2020-02-30"));
}

#[test]
fn merges_give_way_to_what_is_said_in_v3_only() {
    let text = "base: &b {a: 1, b: 2}\nuse:\n  a: 0\n  <<: *b\n";
    assert_eq!(v2(text)["use"], json!({"a": 1, "b": 2}));
    assert_eq!(v3(text)["use"], json!({"a": 0, "b": 2}));
}

#[test]
fn keys_set_twice_are_refused_by_v3_and_when_strict() {
    let text = "a: 1\nb: 2\na: 3\n";
    assert_eq!(v2(text), json!({"a": 3, "b": 2}));
    let strict = yaml::read(text.as_bytes(), &Options::new(Reader::V2).strict()).unwrap_err();
    assert_eq!(
        strict.go_text(),
        "yaml: unmarshal errors:\n  line 3: key \"a\" already set in map"
    );
    assert_eq!(
        refusal(text, Reader::V3),
        "yaml: unmarshal errors:\n  line 3: mapping key \"a\" already defined at line 1"
    );
}

#[test]
fn errors_have_places_and_go_s_words() {
    let error = yaml::from_slice(b"a: 1\nb: c: d\n", Reader::V2).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2, column 5: mapping values are not allowed in this context"
    );
    assert_eq!(
        error.go_text(),
        "yaml: line 2: mapping values are not allowed in this context"
    );
    assert_eq!(
        refusal("image: {{ .Values.image }}\n", Reader::V2),
        "yaml: invalid map key: map[interface {}]interface {}{\".Values.image\":interface {}(nil)}"
    );
    assert_eq!(
        refusal("a: \u{1}", Reader::V3),
        "yaml: control characters are not allowed"
    );
}

#[test]
fn only_the_first_document_is_read() {
    assert_eq!(v2("a: 1\n---\n}{\n"), json!({"a": 1}));
    let documents: Vec<_> = yaml::documents(b"# one\na: 1\n---\n---\nb: 2\n---\n}", Reader::V3).collect();
    let lines: Vec<_> = documents.iter().flatten().map(|document| document.line).collect();
    assert_eq!(lines, [2, 4, 5]);
    assert!(documents[3].is_err());
    assert_eq!(documents.len(), 4);
}

#[test]
fn texts_without_end_are_refused_in_time() {
    let deep = "[".repeat(100_000);
    assert!(refusal(&deep, Reader::V3).contains("exceeded max depth"));
    let deep = "- ".repeat(10_001);
    assert!(refusal(&deep, Reader::V2).contains("exceeded max depth"));
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let item = format!("*a{}", level - 1);
        let items = [item.as_str(); 10].join(", ");
        bomb.extend([format!("a{level}: &a{level} [{items}]\n")]);
    }
    assert_eq!(
        refusal(&bomb, Reader::V2),
        "yaml: document contains excessive aliasing"
    );
    assert_eq!(
        refusal(&bomb, Reader::V3),
        "yaml: document contains excessive aliasing"
    );
    assert_eq!(
        refusal("a: &a [*a]", Reader::V3),
        "yaml: anchor 'a' value contains itself"
    );
}

#[test]
fn a_text_beyond_the_bound_is_refused() {
    let options = Options {
        max_size: 3,
        ..Options::new(Reader::V3)
    };
    let error = yaml::read(b"a: 1", &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 1, column 1: 4 bytes are more than the limit of 3"
    );
}

#[test]
fn values_are_written_as_go_yaml_v2_writes_them() {
    let value =
        json!({"b": [1, {"x": "y", "z": []}], "a": {"n9": 1, "n10": "no"}, "text": "one\ntwo\n", "1": 1.0});
    let expected =
        "\"1\": 1\na:\n  n9: 1\n  n10: \"no\"\nb:\n- 1\n- x: \"y\"\n  z: []\ntext: |\n  one\n  two\n";
    assert_eq!(yaml::to_string(&value), expected);
    let expected =
        "\"1\": 1\na:\n  n9: 1\n  n10: \"no\"\nb:\n  - 1\n  - x: \"y\"\n    z: []\ntext: |\n  one\n  two\n";
    assert_eq!(yaml::to_pretty_string(&value), expected);
}

#[test]
fn bytes_that_are_no_text_are_written_as_binary() {
    let mut text = String::new();
    let mut emitter = yaml::Emitter::new(&mut text, yaml::Style::Compact);
    emitter.begin_mapping(1);
    emitter.string("key");
    emitter.bytes(&[0xFF; 60]);
    emitter.end();
    emitter.finish();
    let line = "/".repeat(70);
    assert_eq!(text, format!("key: !!binary |\n  {line}\n  {}\n", "/".repeat(10)));
}

fn scalar(text: &str, tag: Tag) -> Node {
    let text = text.to_owned();
    Node::Scalar(Scalar { text, tag })
}

#[test]
fn nodes_keep_the_text_and_the_order_of_keys() {
    let text = "b: 0755\na: \"123\"\nv: 1.10\nn:\nd: 2020-01-01\ny: yes\nt: !!str 5\n";
    let document = yaml::nodes(text.as_bytes(), Reader::V3).next().unwrap().unwrap();
    let Node::Mapping(entries) = document.node.clone() else {
        panic!("a mapping");
    };
    let keys: Vec<_> = entries.iter().map(|(key, _)| key.text.as_str()).collect();
    assert_eq!(keys, ["b", "a", "v", "n", "d", "y", "t"]);
    let expected = [
        scalar("0755", Tag::Int),
        scalar("123", Tag::Str),
        scalar("1.10", Tag::Float),
        scalar("", Tag::Null),
        scalar("2020-01-01", Tag::Timestamp),
        scalar("yes", Tag::Str),
        scalar("5", Tag::Str),
    ];
    let values: Vec<_> = entries.into_iter().map(|(_, node)| node).collect();
    assert_eq!(values, expected);
    assert_eq!(document.node.into_value(), v3(text));
}

#[test]
fn nodes_have_their_merges_expanded() {
    let text = "base: &b {a: 1.0, b: &c [x]}\nuse:\n  a: 0\n  <<: *b\n  c: *c\n";
    let document = yaml::nodes(text.as_bytes(), Reader::V3).next().unwrap().unwrap();
    let mut written = String::new();
    yaml::append_node(&mut written, &document.node, Style::Compact);
    assert_eq!(
        written,
        "base:\n  a: 1\n  b:\n  - x\nuse:\n  a: 0\n  b:\n  - x\n  c:\n  - x\n"
    );
}

#[test]
fn line_breaks_of_every_kind_end_lines() {
    let text = format!("a: |\n  {}é\u{85}  b\u{2028}  c\r  d\n", "x".repeat(255));
    assert_eq!(
        v3(&text)["a"],
        json!(format!("{}é\nb\u{2028}c\nd\n", "x".repeat(255)))
    );
    // each of these lines ends without a line feed; reading them takes time in proportion to the text
    let text = format!("a: |\n{}", "  é\u{85}".repeat(50_000));
    assert_eq!(v3(&text)["a"].as_str().map(str::len), Some(150_000));
}

/// All levels that are read must fit into the stack of a thread, in a debug build too.
#[test]
fn deep_values_can_be_read_written_and_dropped() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        let deep = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
        let value = v3(&deep(500));
        assert_eq!(v2(&yaml::to_string(&value)), value.clone());
        let with_anchor = format!("[&a 1, {}]", deep(499));
        assert_eq!(v3(&with_anchor)[1], v3(&deep(499)));
        assert_eq!(v2(&with_anchor)[1], v2(&deep(499)));
        let node = yaml::nodes(with_anchor.as_bytes(), Reader::V3)
            .next()
            .unwrap()
            .unwrap();
        assert_eq!(node.node.clone().into_value(), v3(&with_anchor));
        for reader in [Reader::V2, Reader::V3] {
            assert_eq!(refusal(&deep(501), reader), "yaml: exceeded max depth of 500");
        }
    }
}
