use std::fmt;

/// The UID of an object: a UUID in its 16 bytes, and as text what a server may use besides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Uid {
    /// A UUID.
    Uuid([u8; 16]),
    /// Anything else.
    Text(Box<str>),
}

/// Before which bytes a hyphen is written.
const HYPHENS: [usize; 4] = [4, 6, 8, 10];

impl From<&str> for Uid {
    fn from(text: &str) -> Self {
        uuid(text.as_bytes()).map_or_else(|| Self::Text(text.into()), Self::Uuid)
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match self {
            Self::Uuid(bytes) => bytes,
            Self::Text(text) => return f.write_str(text),
        };
        let mut text = String::with_capacity(36);
        for (place, byte) in bytes.iter().enumerate() {
            if HYPHENS.contains(&place) {
                text.push('-');
            }
            text.extend(
                [byte >> 4, byte & 15].map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])),
            );
        }
        f.write_str(&text)
    }
}

/// A UUID in the one form in which it is written again as it was read.
fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let mut rest = text.iter();
    let mut uuid = [0; 16];
    for (place, byte) in uuid.iter_mut().enumerate() {
        if HYPHENS.contains(&place) && rest.next() != Some(&b'-') {
            return None;
        }
        *byte = digit(*rest.next()?)? << 4 | digit(*rest.next()?)?;
    }
    rest.next().is_none().then_some(uuid)
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_kept_as_it_is() {
        let uuid = "0f3a9c1e-0000-4d2b-8a6f-00112233445f";
        assert!(matches!(Uid::from(uuid), Uid::Uuid(_)));
        for text in [
            uuid,
            "",
            "u1",
            "-",
            "0F3A9C1E-0000-4D2B-8A6F-00112233445F",
            "0f3a9c1e00004d2b8a6f00112233445f",
        ] {
            assert_eq!(Uid::from(text).to_string(), text);
        }
        assert_ne!(Uid::from(uuid), Uid::from("1f3a9c1e-0000-4d2b-8a6f-00112233445f"));
    }
}
