//! What a scalar means: go-yaml's two rule sets.

mod base60;
mod number;
mod timestamp;

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

pub(crate) use base60::is_base60;
pub(crate) use number::json_number;
pub(crate) use timestamp::Timestamp;

use crate::scanner::ScalarStyle;
use crate::{Reader, Tag};

const TAG_PREFIX: &str = "tag:yaml.org,2002:";

/// What a scalar was found to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    Int(i64),
    /// Beyond `i64`.
    Uint(u64),
    Float(f64),
    Timestamp(Timestamp),
    /// A string: the text itself.
    Text,
    Binary(Vec<u8>),
}

impl Resolved {
    pub(crate) fn tag(&self) -> Tag {
        match self {
            Self::Null => Tag::Null,
            Self::Bool(_) => Tag::Bool,
            Self::Int(_) | Self::Uint(_) => Tag::Int,
            Self::Float(_) => Tag::Float,
            Self::Timestamp(_) => Tag::Timestamp,
            Self::Text | Self::Binary(_) => Tag::Str,
        }
    }

    fn tag_name(&self) -> &'static str {
        match self.tag() {
            Tag::Null => "!!null",
            Tag::Bool => "!!bool",
            Tag::Int => "!!int",
            Tag::Float => "!!float",
            Tag::Timestamp => "!!timestamp",
            Tag::Str => "!!str",
        }
    }
}

/// Finds out what a scalar is; the error is go-yaml's text.
pub(crate) fn resolve(
    reader: Reader,
    tag: Option<&str>,
    style: ScalarStyle,
    text: &str,
) -> Result<Resolved, String> {
    match (tag, reader) {
        (None, _) | (Some("!"), Reader::V3) if style == ScalarStyle::Plain => Ok(implicit(reader, text)),
        (None | Some("!"), _) => Ok(Resolved::Text),
        (Some(tag), _) => explicit(reader, &short_tag(tag), text),
    }
}

/// `!!int` for `tag:yaml.org,2002:int`; other tags as they are.
pub(crate) fn short_tag(tag: &str) -> Cow<'_, str> {
    match tag.strip_prefix(TAG_PREFIX) {
        Some(name) => Cow::Owned(format!("!!{name}")),
        None => Cow::Borrowed(tag),
    }
}

/// What a text without quotes and tag is.
pub(crate) fn implicit(reader: Reader, text: &str) -> Resolved {
    match classify(reader, text, true) {
        // v2 knows timestamps but leaves them as text
        Some(Resolved::Timestamp(_)) if reader == Reader::V2 => Resolved::Text,
        Some(found) => found,
        None => Resolved::Text,
    }
}

fn explicit(reader: Reader, tag: &str, text: &str) -> Result<Resolved, String> {
    match tag {
        "!!binary" => decode_base64(text)
            .map(Resolved::Binary)
            .ok_or_else(|| "!!binary value contains invalid base64 data".to_owned()),
        "!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp" => {
            match classify(reader, text, tag == "!!timestamp").unwrap_or(Resolved::Text) {
                Resolved::Timestamp(_) if reader == Reader::V2 => Ok(Resolved::Text),
                Resolved::Int(number) if tag == "!!float" => Ok(Resolved::Float(number as f64)),
                found if found.tag_name() == tag => Ok(found),
                found => Err(format!("cannot decode {} `{text}` as a {tag}", found.tag_name())),
            }
        }
        _ => Ok(Resolved::Text),
    }
}

/// What an unquoted text is other than a string. go-yaml looks at the first byte before anything else.
pub(crate) fn classify(reader: Reader, text: &str, timestamps: bool) -> Option<Resolved> {
    let Some(&first) = text.as_bytes().first() else {
        return Some(Resolved::Null);
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(reader, text),
        b'.' => word(reader, text).or_else(|| number::dotted_float(text).map(Resolved::Float)),
        b'+' | b'-' | b'0'..=b'9' => word(reader, text)
            .or_else(|| {
                let timestamp = timestamps.then(|| Timestamp::parse(text))?;
                timestamp.map(Resolved::Timestamp)
            })
            .or_else(|| number::number(reader, text)),
        _ => None,
    }
}

/// The words that are no strings.
fn word(reader: Reader, text: &str) -> Option<Resolved> {
    if text.len() > 5 {
        return None;
    }
    Some(match text {
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "true" | "True" | "TRUE" => Resolved::Bool(true),
        "false" | "False" | "FALSE" => Resolved::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Resolved::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Resolved::Float(f64::NEG_INFINITY),
        _ if reader == Reader::V2 => Resolved::Bool(old_boolean(text)?),
        _ => return None,
    })
}

/// The booleans of YAML 1.1 that YAML 1.2 gave up.
pub(crate) fn old_boolean(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Go passes over line breaks in base64, and wants the padding.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true);
    let text: Vec<u8> = text
        .bytes()
        .filter(|byte| !matches!(byte, b'\n' | b'\r'))
        .collect();
    GeneralPurpose::new(&base64::alphabet::STANDARD, config)
        .decode(text)
        .ok()
}
