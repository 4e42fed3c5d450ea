use base64::{Engine as _, engine::general_purpose::STANDARD};
use git::Secret;

/// What proves who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Authorization {
    Basic { username: String, password: Secret },
    Bearer(Secret),
}

impl Authorization {
    /// The value of the header; a secret.
    pub(crate) fn header(&self) -> String {
        match self {
            Self::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose());
                format!("Basic {}", STANDARD.encode(pair))
            }
            Self::Bearer(token) => format!("Bearer {}", token.expose()),
        }
    }
}
