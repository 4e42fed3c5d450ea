use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::*;

fn masked(secret: &serde_json::Value, object: &serde_json::Value) -> serde_json::Value {
    let mut masker = Masker::default();
    masker.learn(secret);
    shown(&mut masker, object)
}

fn shown(masker: &mut Masker, object: &serde_json::Value) -> serde_json::Value {
    let mut object = object.clone();
    masker.mask(&mut object);
    object
}

#[test]
fn equal_values_get_equal_numbers_in_any_form() {
    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"},
        "data": {"a": STANDARD.encode("hunter22"), "b": STANDARD.encode("other-value")}, "stringData": {"c": "hunter22"}});
    assert_eq!(
        masked(&secret, &secret)["data"],
        json!({"a": "(secret #1)", "b": "(secret #2)", "c": "(secret #1)"})
    );
    let elsewhere = json!({"kind": "ConfigMap", "data": {
        "url": "db?password=hunter22&x=1", "copy": STANDARD.encode("hunter22"), "none": "hunter"}});
    let elsewhere = masked(&secret, &elsewhere);
    assert_eq!(elsewhere["data"]["copy"], "(secret #1)");
    assert_eq!(elsewhere["data"]["url"], "db?password=(secret #1)&x=1");
    assert_eq!(elsewhere["data"]["none"], "hunter");
}

#[test]
fn what_looks_secret_is_masked_without_any_secret() {
    let object = json!({"kind": "Pod", "metadata": {"annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":{\"password\":\"aHVudGVy\"}}"}},
        "spec": {"env": [{"name": "DB_PASSWORD", "value": "x1"}, {"name": "HOST", "value": "db"}],
            "args": ["postgres://user:pass@db/x", "token glpat-abcdefghij0123456789 end"],
            "key": "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n",
            "jwt": "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "aws": "AKIAIOSFODNN7EXAMPLE"}});
    let text = masked(&json!({}), &object).to_string();
    for secret in ["aHVudGVy", "x1", "pass@", "glpat-", "MIIB", "c2lnbmF0", "AKIA"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(
        text.contains(r#""value":"db""#) && text.contains("postgres://user:"),
        "{text}"
    );
}

#[test]
fn a_key_that_comes_goes_or_changes_stays_visible() {
    let old = json!({"apiVersion": "v1", "kind": "Secret", "data": {"a": STANDARD.encode("1"), "gone": STANDARD.encode("2")}});
    let new = json!({"apiVersion": "v1", "kind": "Secret", "data": {"a": STANDARD.encode("3"), "new": STANDARD.encode("2")}});
    let mut masker = Masker::default();
    assert_eq!(
        shown(&mut masker, &old)["data"],
        json!({"a": "(secret #1)", "gone": "(secret #2)"})
    );
    assert_eq!(
        shown(&mut masker, &new)["data"],
        json!({"a": "(secret #3)", "new": "(secret #2)"})
    );
}

#[test]
fn nothing_of_it_can_be_printed() {
    let mut masker = Masker::default();
    masker.learn(&json!({"apiVersion": "v1", "kind": "Secret", "stringData": {"a": "hunter22"}}));
    assert_eq!(format!("{masker:?}"), "Masker(Secrets(2 values))");
}
