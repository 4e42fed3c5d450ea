//! From errors of the cluster to what is reported of an object.

use std::{collections::BTreeSet, fmt::Write as _};

use manifest::Object;

use crate::{
    change_set::{Failure, FailureKind},
    cluster::{Error, Refusal},
    redact::Masker,
};

/// Texts that tell what a refusal is about, where its code and reason do not.
const TEXTS: &[(&str, FailureKind)] = &[
    ("exceeded quota", FailureKind::QuotaExceeded),
    ("admission webhook", FailureKind::Denied),
    ("failed calling webhook", FailureKind::Denied),
    ("ValidatingAdmissionPolicy", FailureKind::Denied),
    ("typed patch object", FailureKind::Invalid),
];

/// What the server says of fields that cannot be changed; its causes carry no reason of their own for that.
const IMMUTABLE: &[&str] = &[
    "immutable",
    "updates to statefulset spec",
    "may not change once set",
    "can not be unset",
    "cannot change roleRef",
];

/// What went wrong with one object, without the values of Secrets.
pub(crate) fn failure(error: &Error, object: Option<&Object>) -> Failure {
    let kind = kind(error);
    let message = match error.refusal() {
        Some(refusal) if kind == FailureKind::Immutable => immutable(&error.to_string(), refusal),
        _ => describe(error),
    };
    Failure {
        message: match object {
            Some(object) if object.is_secret() => conceal(&message, object),
            _ => message,
        },
        kind,
    }
}

/// The server prints the whole of a field that cannot be changed; its name is enough.
fn immutable(operation: &str, refusal: &Refusal) -> String {
    let fields: BTreeSet<&str> = refusal
        .causes()
        .iter()
        .map(|cause| cause.field.as_str())
        .collect();
    let fields: Vec<&str> = fields.into_iter().collect();
    format!("{operation}: {}", cannot_change(&fields.join(", ")))
}

/// What is said of fields that cannot be changed.
pub(crate) fn cannot_change(fields: &str) -> String {
    format!(
        "{fields} cannot be changed once set; annotation glops.dev/recreate: when-immutable allows to delete it and create it again"
    )
}

/// An error of the cluster and its causes in one line.
pub(crate) fn describe(error: &Error) -> String {
    chain(error)
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, ": {cause}").expect("writing to a string does not fail");
        source = cause.source();
    }
    text
}

fn kind(error: &Error) -> FailureKind {
    match error {
        Error::UnknownKind(_) => FailureKind::UnknownKind,
        Error::Refused { source, .. } => refusal_kind(source),
        Error::Configuration(_) | Error::Unreachable { .. } | Error::Malformed { .. } => FailureKind::Server,
    }
}

fn refusal_kind(refusal: &Refusal) -> FailureKind {
    if let Some((_, kind)) = TEXTS.iter().find(|(text, _)| refusal.message.contains(text)) {
        return *kind;
    }
    match refusal.code {
        403 => FailureKind::Forbidden,
        404 if refusal.message.starts_with("namespaces ") => FailureKind::NamespaceNotFound,
        404 => FailureKind::UnknownKind,
        409 if refusal.is_field_conflict() => FailureKind::Conflict,
        422 if is_immutable(refusal) => FailureKind::Immutable,
        400 | 413 | 422 => FailureKind::Invalid,
        _ => FailureKind::Server,
    }
}

/// Whether the one thing wrong is a field that cannot be changed any more.
pub(crate) fn is_immutable(refusal: &Refusal) -> bool {
    let says_so = |text: &str| IMMUTABLE.iter().any(|part| text.contains(part));
    let about_a_value = |reason: &str| {
        matches!(
            reason,
            "FieldValueInvalid" | "FieldValueForbidden" | "FieldValueNotSupported"
        )
    };
    refusal.code == 422
        && !refusal.causes().is_empty()
        && refusal
            .causes()
            .iter()
            .all(|cause| about_a_value(&cause.reason) && says_so(&cause.message))
}

/// The server may quote what it refuses.
fn conceal(message: &str, secret: &Object) -> String {
    let mut masker = Masker::default();
    masker.learn(secret.value());
    masker.mask_text(message)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use manifest::Origin;
    use serde_json::json;

    use super::*;

    fn refused(code: u16, body: &str) -> Error {
        Error::Refused {
            operation: "apply it".into(),
            source: Refusal::read(code, body.as_bytes()),
        }
    }

    #[test]
    fn tells_refusals_apart() {
        let kind = |code, body| kind(&refused(code, body));
        assert_eq!(
            kind(404, r#"{"message":"namespaces \"a\" not found"}"#),
            FailureKind::NamespaceNotFound
        );
        assert_eq!(
            kind(403, r#"{"message":"exceeded quota: q"}"#),
            FailureKind::QuotaExceeded
        );
        assert_eq!(kind(403, r#"{"message":"you may not"}"#), FailureKind::Forbidden);
        assert_eq!(
            kind(400, r#"{"message":"admission webhook \"w\" denied"}"#),
            FailureKind::Denied
        );
        let immutable = r#"{"message":"m","details":{"causes":[{"reason":"FieldValueInvalid","message":"Invalid value: field is immutable","field":"spec.selector"}]}}"#;
        assert_eq!(kind(422, immutable), FailureKind::Immutable);
        let mixed = r#"{"message":"m","details":{"causes":[{"reason":"FieldValueInvalid","message":"field is immutable"},{"reason":"FieldValueRequired","message":"Required value"}]}}"#;
        assert_eq!(kind(422, mixed), FailureKind::Invalid);
    }

    #[test]
    fn causes_are_told_once_and_secrets_never() {
        let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"},
            "data": {"p": STANDARD.encode("hunter2")}, "stringData": {"q": "swordfish"}});
        let secret = Object::new(secret, Origin::default()).unwrap();
        let error = refused(422, r#"{"message":"bad hunter2, bad swordfish"}"#);
        let failure = failure(&error, Some(&secret));
        assert!(!failure.message.contains("hunter2") && !failure.message.contains("swordfish"));
    }
}
