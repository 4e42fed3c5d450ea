use axum::http::HeaderMap;
use git::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Whether who sent this knows the secret: GitLab sends it as it is, GitHub and Gitea sign with it.
pub(super) fn is_genuine(headers: &HeaderMap, body: &[u8], secret: &Secret) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(token) = header("x-gitlab-token") {
        return token.as_bytes().ct_eq(secret.expose().as_bytes()).into();
    }
    let signature = header("x-hub-signature-256")
        .and_then(|signature| signature.strip_prefix("sha256="))
        .or_else(|| header("x-gitea-signature"));
    signature.and_then(from_hex).is_some_and(|signature| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else {
            return false;
        };
        mac.update(body);
        // compares in constant time
        mac.verify_slice(&signature).is_ok()
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let bytes = text.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    bytes
        .len()
        .is_multiple_of(2)
        .then(|| bytes.chunks(2).map(byte).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genuine(name: &'static str, value: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        is_genuine(
            &headers,
            b"Hello, World!",
            &Secret::new("It's a Secret to Everybody"),
        )
    }

    #[test]
    fn secrets_and_signatures() {
        // the example of GitHub's documentation
        let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(genuine("x-hub-signature-256", signature));
        assert!(genuine("x-gitea-signature", &signature["sha256=".len()..]));
        assert!(genuine("x-gitlab-token", "It's a Secret to Everybody"));
        assert!(!genuine("x-gitlab-token", "another"));
        assert!(!genuine("x-hub-signature-256", "sha256=00"));
        assert!(!genuine("x-hub-signature-256", "sha256=zz"));
        assert!(!genuine("x-other", "It's a Secret to Everybody"));
    }
}
