use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use tonic::metadata::{Ascii, MetadataValue};

/// A token for calls to kas: an agent's or an administrator's. It cannot be printed.
///
/// All clones are one: a token that is replaced is another for every connection that was opened with it.
#[derive(Clone)]
pub struct Token(Arc<RwLock<MetadataValue<Ascii>>>);

/// A text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// There is nothing in it.
    #[error("the token is empty")]
    Empty,
    /// It has characters that no token has.
    #[error("the token has characters that no token has; is this the right file?")]
    Characters,
}

impl Token {
    /// Takes a token as kas gave it; one newline at its end is dropped, as editors add it.
    pub fn new(text: &str) -> Result<Self, InvalidToken> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        if text.is_empty() {
            return Err(InvalidToken::Empty);
        }
        let mut value: MetadataValue<Ascii> = format!("Bearer {text}")
            .parse()
            .map_err(|_| InvalidToken::Characters)?;
        value.set_sensitive(true);
        Ok(Self(Arc::new(RwLock::new(value))))
    }

    /// Takes another token in place of this one, from the next call on; whether it is another.
    pub fn replace(&self, other: &Self) -> bool {
        let new = other.authorization();
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let is_other = *held != new;
        *held = new;
        is_other
    }

    /// The value of the `authorization` header.
    pub fn authorization(&self) -> MetadataValue<Ascii> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_trimmed_once_and_never_printed() {
        let token = Token::new("glagent-secret\n").unwrap();
        assert_eq!(token.authorization().to_str().unwrap(), "Bearer glagent-secret");
        assert!(!format!("{token:?} {:?}", token.authorization()).contains("secret"));
        let used = token.clone();
        assert!(token.replace(&Token::new("glagent-other").unwrap()));
        assert!(!token.replace(&Token::new("glagent-other").unwrap()));
        assert_eq!(used.authorization().to_str().unwrap(), "Bearer glagent-other");
        assert_eq!(Token::new("\n").unwrap_err(), InvalidToken::Empty);
        assert_eq!(Token::new("a\nb").unwrap_err(), InvalidToken::Characters);
    }
}
