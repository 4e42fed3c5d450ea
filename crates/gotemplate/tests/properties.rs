//! What holds for any text and any data.

use gotemplate::{Executor, Functions, Limits, Seeded, TemplateSet, Value};
use proptest::prelude::*;

fn execute(template: &str, data: &Value) -> Result<String, String> {
    let functions = Functions::sprig();
    let mut set = TemplateSet::new("root");
    set.parse("t", template, &functions)
        .map_err(|error| error.to_string())?;
    let environment = Seeded::from_system();
    let executor = Executor::new(&functions, &environment, Limits::default());
    let out = executor
        .execute(&set, "t", data)
        .map_err(|error| error.to_string())?;
    String::from_utf8(out).map_err(|error| error.to_string())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i32>().prop_map(serde_json::Value::from),
        any::<f64>()
            .prop_filter("JSON has no others", |float| float.is_finite())
            .prop_map(serde_json::Value::from),
        ".{0,12}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Text without delimiters comes out as it went in.
    #[test]
    fn text_is_kept(text in "[^{]{0,64}") {
        prop_assert_eq!(execute(&text, &Value::Nil), Ok(text));
    }

    /// Whatever the text, parsing and executing it end in output or an error.
    #[test]
    fn any_template_ends(text in r#"(\{\{|\}\}|-|[ |().$"`a-z0-9:=])*"#) {
        let _ = execute(&text, &Value::map());
    }

    /// What `%q` quotes is a literal for the same text.
    #[test]
    fn quoted_text_is_a_literal(text in any::<String>()) {
        let data = Value::from(text.as_str());
        let quoted = execute(r#"{{ printf "%q" . }}"#, &data).expect("it renders");
        prop_assert_eq!(execute(&format!("{{{{ {quoted} }}}}"), &data), Ok(text));
    }

    /// Encoded text decodes to itself.
    #[test]
    fn encodings_can_be_undone(text in any::<String>()) {
        let data = Value::from(text.as_str());
        let wanted = Ok(text);
        prop_assert_eq!(execute("{{ b64enc . | b64dec }}", &data), wanted.clone());
        prop_assert_eq!(execute("{{ b32enc . | b32dec }}", &data), wanted);
    }

    /// JSON that was written reads as the same value.
    #[test]
    fn json_can_be_read_back(json in json()) {
        let data = Value::from_json(&json);
        let template = "{{ $read := toJson . | mustFromJson }}{{ if deepEqual . $read }}same{{ else }}{{ toJson $read }}{{ end }}";
        prop_assert_eq!(execute(template, &data), Ok("same".to_owned()));
    }

    /// A merge into an empty map gives the map that was merged.
    #[test]
    fn merging_into_nothing_copies(json in json()) {
        let data = Value::from_json(&serde_json::json!({ "map": { "value": json } }));
        let same = "{{ if deepEqual (omit (merge (dict) .map) ) .map }}same{{ end }}";
        let nil = json.is_null();
        prop_assert_eq!(execute(same, &data), Ok(if nil { String::new() } else { "same".to_owned() }));
    }
}
