use manifest::GroupVersionKind;
use serde::Deserialize;

/// Why a request to the cluster gave no answer, or a refusal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration of the client is not usable.
    #[error("failed to set up the connection to the cluster")]
    Configuration(#[source] kube::Error),
    /// The server answered with an error.
    #[error("failed to {operation}")]
    Refused {
        /// What was asked for: `apply ConfigMap/settings in namespace shop`.
        operation: String,
        /// What the server said.
        source: Refusal,
    },
    /// No answer came.
    #[error("failed to {operation}")]
    Unreachable {
        /// What was asked for.
        operation: String,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The answer is not what the API says.
    #[error("failed to {operation}: the answer cannot be read")]
    Malformed {
        /// What was asked for.
        operation: String,
        /// Why.
        source: serde_json::Error,
    },
    /// The server does not serve this kind.
    #[error("kind {0} is not served by the cluster")]
    UnknownKind(GroupVersionKind),
}

impl Error {
    /// What the server said, when it said something.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Whether the server answered with this code.
    pub fn is_code(&self, code: u16) -> bool {
        self.refusal().is_some_and(|refusal| refusal.code == code)
    }
}

/// The `Status` with which an API server refuses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The HTTP status code.
    #[serde(default)]
    pub code: u16,
    /// `Conflict`, `Invalid`, `NotFound`; may be empty.
    #[serde(default)]
    pub reason: String,
    /// For people.
    #[serde(default)]
    pub message: String,
    /// The fields concerned.
    #[serde(default)]
    details: Details,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default)]
    causes: Vec<Cause>,
    #[serde(default)]
    retry_after_seconds: Option<u64>,
}

/// One reason of a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Cause {
    /// `FieldManagerConflict`, `FieldValueInvalid`.
    #[serde(default)]
    pub reason: String,
    /// For people.
    #[serde(default)]
    pub message: String,
    /// The path of the field.
    #[serde(default)]
    pub field: String,
}

impl Refusal {
    pub(super) fn new(code: u16, reason: &str, message: &str) -> Self {
        Self {
            code,
            reason: reason.to_owned(),
            message: message.to_owned(),
            details: Details::default(),
        }
    }

    /// Reads the body of an answer that is an error; a body that is no `Status` becomes the message.
    pub(crate) fn read(code: u16, body: &[u8]) -> Self {
        match serde_json::from_slice::<Self>(body) {
            Ok(refusal) if !refusal.message.is_empty() => Self { code, ..refusal },
            _ => {
                let text = String::from_utf8_lossy(body);
                let text = text.trim();
                let message = if text.is_empty() {
                    format!("the server answered with status {code}")
                } else {
                    text.chars().take(500).collect()
                };
                Self {
                    code,
                    message,
                    ..Self::default()
                }
            }
        }
    }

    /// The fields concerned.
    pub fn causes(&self) -> &[Cause] {
        &self.details.causes
    }

    /// Whether other managers own fields of the patch.
    pub fn is_field_conflict(&self) -> bool {
        self.causes()
            .iter()
            .any(|cause| cause.reason == "FieldManagerConflict")
    }

    /// How long the server asks to wait, by its body.
    pub(super) fn retry_after(&self) -> Option<u64> {
        self.details.retry_after_seconds.filter(|seconds| *seconds > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_conflicts_and_plain_texts() {
        let body = br#"{"kind":"Status","message":"Apply failed with 1 conflict","reason":"Conflict","code":409,
            "details":{"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"kubectl\" using v1","field":".data.a"}]}}"#;
        let refusal = Refusal::read(409, body);
        assert!(refusal.is_field_conflict());
        assert_eq!(refusal.causes()[0].field, ".data.a");
        let refusal = Refusal::read(429, b"Too many requests, please try again later.\n");
        assert_eq!(refusal.message, "Too many requests, please try again later.");
        assert_eq!(
            Refusal::read(502, b"").message,
            "the server answered with status 502"
        );
    }
}
