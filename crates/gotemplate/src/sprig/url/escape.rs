//! Percent signs: which bytes need them depends on the part of the URL.

use crate::text::quote;

/// A part of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Host,
    Zone,
    UserInfo,
    Path,
    Fragment,
}

impl Part {
    fn allows(self, byte: u8) -> bool {
        let extra: &[u8] = match self {
            Self::Host | Self::Zone => b"!$&'()*+,;=:[]<>\"",
            Self::UserInfo => b"$&+,;=",
            Self::Path => b"$&+,/:;=@",
            Self::Fragment => b"$&+,/:;=?@!()*",
        };
        byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || extra.contains(&byte)
    }
}

pub(super) fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &byte in text {
        if part.allows(byte) {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    out
}

pub(super) fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let bad = |text: &[u8]| Err(format!("invalid URL escape {}", quote::quoted(text)));
    let hosted = matches!(part, Part::Host | Part::Zone);
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte != b'%' {
            if hosted && byte < 0x80 && !part.allows(byte) {
                return Err(format!(
                    "invalid character {} in host name",
                    quote::quoted(&[byte])
                ));
            }
            out.push(byte);
            at += 1;
            continue;
        }
        let escape = &text[at..text.len().min(at + 3)];
        let Some(decoded) = hex_byte(escape) else {
            return bad(escape);
        };
        // a host may only escape what is not ASCII, a zone also what a host may hold, and both the percent sign
        let allowed = match part {
            Part::Host => decoded >= 0x80 || escape == b"%25",
            Part::Zone => escape == b"%25" || decoded == b' ' || Part::Host.allows(decoded),
            _ => true,
        };
        if !allowed {
            return bad(escape);
        }
        out.push(decoded);
        at += 3;
    }
    Ok(out)
}

fn hex_byte(escape: &[u8]) -> Option<u8> {
    let [b'%', high, low] = escape else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(*high)? * 16 + digit(*low)?) as u8)
}
