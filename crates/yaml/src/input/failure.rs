/// Why bytes are no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    ControlCharacter,
    LeadingOctet,
    TrailingOctet,
    Incomplete,
    Length,
    Character,
    LowSurrogate,
    NoLowSurrogate,
    IncompleteUtf16,
    IncompletePair,
}

impl Failure {
    /// go-yaml's words for it.
    pub(crate) fn problem(self) -> &'static str {
        match self {
            Self::ControlCharacter => "control characters are not allowed",
            Self::LeadingOctet => "invalid leading UTF-8 octet",
            Self::TrailingOctet => "invalid trailing UTF-8 octet",
            Self::Incomplete => "incomplete UTF-8 octet sequence",
            Self::Length => "invalid length of a UTF-8 sequence",
            Self::Character => "invalid Unicode character",
            Self::LowSurrogate => "unexpected low surrogate area",
            Self::NoLowSurrogate => "expected low surrogate area",
            Self::IncompleteUtf16 => "incomplete UTF-16 character",
            Self::IncompletePair => "incomplete UTF-16 surrogate pair",
        }
    }

    /// What is wrong at the start of `bytes`, which is not UTF-8 there.
    pub(super) fn of_utf8(bytes: &[u8]) -> Self {
        let first = bytes.first().copied().unwrap_or_default();
        let (width, mut value) = match first {
            0xC0..=0xDF => (2, u32::from(first & 0x1F)),
            0xE0..=0xEF => (3, u32::from(first & 0x0F)),
            0xF0..=0xF7 => (4, u32::from(first & 0x07)),
            _ => return Self::LeadingOctet,
        };
        let Some(trailing) = bytes.get(1..width) else {
            return Self::Incomplete;
        };
        for octet in trailing {
            if octet & 0xC0 != 0x80 {
                return Self::TrailingOctet;
            }
            value = value << 6 | u32::from(octet & 0x3F);
        }
        let shortest = [0x80, 0x800, 0x1_0000][width - 2];
        if value < shortest {
            Self::Length
        } else {
            Self::Character
        }
    }
}

/// Where the first character is that YAML does not allow.
pub(super) fn first_control(text: &str) -> Option<usize> {
    const CHUNK: usize = 64;
    let bytes = text.as_bytes();
    for (index, chunk) in bytes.chunks(CHUNK).enumerate() {
        if chunk.iter().fold(0, |any, &byte| any | suspicion(byte)) != 0 {
            let from = index * CHUNK;
            let found = (from..from + chunk.len()).find(|&at| is_control(&bytes[at..]));
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// 1 for a byte that is, or may begin, a character that YAML does not allow. There is no branch in it, so that the
/// compiler can look at many bytes at once.
fn suspicion(byte: u8) -> u8 {
    let control = u8::from(byte < 0x20);
    let allowed = u8::from(byte == b'\t') | u8::from(byte == b'\n') | u8::from(byte == b'\r');
    let other = u8::from(byte == 0x7F) | u8::from(byte == 0xC2) | u8::from(byte == 0xEF);
    (control & !allowed) | other
}

/// Whether valid UTF-8 begins with a character that YAML does not allow.
fn is_control(bytes: &[u8]) -> bool {
    match bytes {
        [0xC2, second, ..] => (0x80..0xA0).contains(second) && *second != 0x85,
        [0xEF, 0xBF, third, ..] => *third >= 0xBE,
        [0xC2 | 0xEF, ..] => false,
        [first, ..] => suspicion(*first) != 0,
        [] => false,
    }
}
