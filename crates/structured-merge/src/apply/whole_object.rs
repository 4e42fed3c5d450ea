//! Objects apart from their managed fields, which are told beside them.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::schema::{ObjectSchema, Origin};
use crate::typed::equal;

/// Equality of objects, whatever their managed fields.
pub(super) fn equal_objects(live: &Value, new: &Value) -> bool {
    let (Some(live), Some(new)) = (live.as_object(), new.as_object()) else {
        return live == new;
    };
    let fields = |object: &Map<String, Value>| object.get("managedFields").is_some();
    live.len() == new.len()
        && live
            .iter()
            .all(|(name, live)| match (name.as_str(), live, new.get(name)) {
                ("metadata", Value::Object(live), Some(Value::Object(new))) => {
                    live.len() - usize::from(fields(live)) == new.len() - usize::from(fields(new))
                        && live
                            .iter()
                            .filter(|(name, _)| name.as_str() != "managedFields")
                            .all(|(name, live)| new.get(name).is_some_and(|new| equal(live, new)))
                }
                (_, live, Some(new)) => equal(live, new),
                (_, _, None) => false,
            })
}

/// A copy; the managed fields are told apart from the object, and often are the larger half of it.
pub(super) fn without_managed_fields(live: &Value) -> Value {
    let Some(object) = live.as_object() else {
        return live.clone();
    };
    let copy = object.iter().map(|(name, value)| match value {
        Value::Object(metadata) if name == "metadata" => {
            let kept = metadata
                .iter()
                .filter(|(name, _)| name.as_str() != "managedFields");
            let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
            (name.clone(), Value::Object(kept.collect()))
        }
        value => (name.clone(), value.clone()),
    });
    Value::Object(copy.collect())
}

/// An object of a built-in kind without the null that the server's types write where nothing was set.
pub(super) fn without_unwritten<'a>(schema: &ObjectSchema, object: &'a Value) -> Cow<'a, Value> {
    match object.as_object() {
        Some(fields) if schema.origin == Origin::BuiltIn && fields.values().any(Value::is_null) => {
            let kept = fields.iter().filter(|(_, value)| !value.is_null());
            let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
            Cow::Owned(Value::Object(kept.collect()))
        }
        _ => Cow::Borrowed(object),
    }
}
