//! What is written is read back, whatever it is.

use proptest::prelude::*;
use serde_json::{Map, Number, Value};
use yaml::{Node, Reader, Style};

/// Texts that are likely to need quotes, beside any text.
fn text() -> impl Strategy<Value = String> {
    let awkward = prop::sample::select(vec![
        "",
        " ",
        "a b",
        "yes",
        "n",
        "~",
        "null",
        "0755",
        "1e3",
        ".5",
        "12:30",
        "2020-01-01",
        "- a",
        "a: b",
        "a #b",
        "'",
        "\"",
        "\\",
        "\n",
        "a\nb",
        " \n",
        "a \nb\n\n",
        "\t",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{1F600}",
        "---",
        "{{ .Values.a }}",
        "*",
        "&a",
        "!t",
        "|",
        ">",
        "%",
        "@",
        "`",
        "?",
        ":",
        ",",
        "[",
        "]",
        "{",
        "}",
        "=",
    ]);
    let words = prop::collection::vec(awkward.clone(), 0..4).prop_map(|words| words.concat());
    let long = prop::collection::vec("[a-z]{0,12}", 0..40).prop_map(|words| words.join(" "));
    let texts = prop_oneof![
        awkward.prop_map(str::to_owned),
        words,
        long,
        "\\PC{0,20}",
        any::<String>()
    ];
    // go-yaml writes this key without quotes, and reads it as a merge
    texts.prop_filter("a merge", |text| text != "<<")
}

fn number() -> impl Strategy<Value = Value> {
    let float = any::<f64>().prop_filter_map("JSON has no such number", |float| {
        // whole floats are read back as integers
        let fraction = float.is_finite() && float.fract() != 0.0;
        fraction.then(|| Number::from_f64(float)).flatten()
    });
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        float.prop_map(Value::Number),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number(),
        text().prop_map(Value::String),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let entries = prop::collection::vec((text(), inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::Array),
            entries.prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_come_back(value in value()) {
        let written = yaml::to_string(&value);
        let read = yaml::from_slice(written.as_bytes(), Reader::V2);
        prop_assert_eq!(read.as_ref(), Ok(&value), "{}", written);
        // v3 writes blocks that begin with a tab, which it does not read
        let written = yaml::to_pretty_string(&value);
        if !written.contains('\t') {
            let read = yaml::from_slice(written.as_bytes(), Reader::V3);
            prop_assert_eq!(read.as_ref(), Ok(&value), "{}", written);
        }
    }

    #[test]
    fn nodes_are_written_as_their_values(value in value()) {
        let mut written = String::new();
        yaml::append_node(&mut written, &Node::from(value.clone()), Style::Compact);
        prop_assert_eq!(written, yaml::to_string(&value));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for reader in [Reader::V2, Reader::V3] {
            let values: Vec<_> = yaml::documents(&bytes, reader).collect();
            let nodes: Vec<_> = yaml::nodes(&bytes, reader).collect();
            prop_assert_eq!(values.len(), nodes.len());
            for (value, node) in values.into_iter().zip(nodes) {
                let node = node.map(|document| document.node.into_value());
                prop_assert_eq!(value.map(|document| document.value), node);
            }
        }
    }

    #[test]
    fn the_order_of_two_keys_has_two_sides(a in text(), b in text()) {
        prop_assert_eq!(yaml::compare_keys(&a, &b), yaml::compare_keys(&b, &a).reverse());
    }

    #[test]
    fn sorting_loses_no_key(keys in prop::collection::vec("[a0-2.]{0,4}", 0..40)) {
        let mut sorted = keys.clone();
        yaml::sort_keys(&mut sorted, Style::Compact, String::as_str);
        let mut again = sorted.clone();
        again.sort_unstable();
        let mut expected = keys;
        expected.sort_unstable();
        prop_assert_eq!(again, expected);
    }
}
