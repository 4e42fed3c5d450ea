//! Reading fields that may be missing or of another type.

use serde_json::Value;

/// What is found along a path.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter()
        .try_fold(value, |value, field| value.get(field))
        .filter(|value| !value.is_null())
}

/// A text; empty when there is none.
pub(super) fn text<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    at(value, path).and_then(Value::as_str).unwrap_or_default()
}

/// A whole number.
pub(super) fn integer(value: &Value, path: &[&str]) -> Option<i64> {
    let number = at(value, path)?;
    number
        .as_i64()
        .or_else(|| number.as_f64().map(|number| number as i64))
}

/// A number that counts as zero when it is missing.
pub(super) fn count(value: &Value, path: &[&str]) -> i64 {
    integer(value, path).unwrap_or(0)
}

/// A flag that is off when it is missing.
pub(super) fn flag(value: &Value, path: &[&str]) -> bool {
    at(value, path).and_then(Value::as_bool).unwrap_or(false)
}

/// The items of a list; none when it is missing.
pub(super) fn list<'a>(value: &'a Value, path: &[&str]) -> &'a [Value] {
    at(value, path)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// Group and kind.
pub(super) fn group_kind(value: &Value) -> (&str, &str) {
    let group = text(value, &["apiVersion"])
        .split_once('/')
        .map_or("", |(group, _)| group);
    (group, text(value, &["kind"]))
}

/// One of `status.conditions`.
#[derive(Clone, Copy)]
pub(super) struct ConditionRef<'a>(&'a Value);

impl<'a> ConditionRef<'a> {
    pub(super) fn kind(self) -> &'a str {
        text(self.0, &["type"])
    }

    pub(super) fn status(self) -> &'a str {
        text(self.0, &["status"])
    }

    pub(super) fn reason(self) -> &'a str {
        text(self.0, &["reason"])
    }

    pub(super) fn message(self) -> &'a str {
        text(self.0, &["message"])
    }

    pub(super) fn is(self, kind: &str, status: &str) -> bool {
        self.kind() == kind && self.status() == status
    }
}

/// `status.conditions`, in their order.
pub(super) fn conditions(value: &Value) -> impl Iterator<Item = ConditionRef<'_>> {
    list(value, &["status", "conditions"]).iter().map(ConditionRef)
}
