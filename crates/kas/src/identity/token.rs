use std::fmt;

use rand::{RngExt, distr::Alphanumeric};
use sha2::{Digest, Sha256};

use crate::database::TokenHash;

const RANDOM_CHARACTERS: usize = 50;

/// A token that was just made: the one moment when its text exists here.
pub struct NewToken(String);

impl NewToken {
    /// A token for an agent.
    pub fn for_agent() -> Self {
        Self::with_prefix("glagent-")
    }

    /// A token for an administrator.
    pub fn for_administrator() -> Self {
        Self::with_prefix("gladmin-")
    }

    fn with_prefix(prefix: &str) -> Self {
        let random = rand::rng()
            .sample_iter(Alphanumeric)
            .take(RANDOM_CHARACTERS)
            .map(char::from);
        Self(prefix.chars().chain(random).collect())
    }

    /// What it is known by.
    pub fn hash(&self) -> TokenHash {
        hash(&self.0)
    }

    /// Its text, to be shown once.
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Debug for NewToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewToken(..)")
    }
}

/// What a token is known by.
pub(super) fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// The token of a call.
pub(super) fn bearer(metadata: &tonic::metadata::MetadataMap) -> Option<&str> {
    let (scheme, token) = metadata.get("authorization")?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_the_form_that_users_know_and_differ() {
        let (one, two) = (NewToken::for_agent(), NewToken::for_agent());
        assert_ne!(one.hash(), two.hash());
        assert_eq!(format!("{one:?}"), "NewToken(..)");
        let text = one.into_text();
        assert_eq!(text.len(), "glagent-".len() + 50);
        assert!(text.starts_with("glagent-") && text.is_ascii());
    }

    #[test]
    fn the_scheme_is_compared_without_case() {
        let token = |value: &'static str| {
            let mut metadata = tonic::metadata::MetadataMap::new();
            metadata.insert("authorization", value.parse().unwrap());
            bearer(&metadata).map(str::to_owned)
        };
        assert_eq!(token("bEARER abc").as_deref(), Some("abc"));
        assert_eq!(token("Basic abc"), None);
        assert_eq!(token("abc"), None);
    }
}
