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

use crate::Reader;
use crate::scanner::ScalarStyle;

const TAG_PREFIX: &str = "tag:yaml.org,2002:";

/// What a scalar was found to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    Int(i64),
    /// Beyond `i64`.
    Uint(u64),
    Float(f64),
    Timestamp(Timestamp),
    Str(Cow<'a, str>),
    Binary(Vec<u8>),
}

impl Scalar<'_> {
    fn tag(&self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Bool(_) => "!!bool",
            Self::Int(_) | Self::Uint(_) => "!!int",
            Self::Float(_) => "!!float",
            Self::Timestamp(_) => "!!timestamp",
            Self::Str(_) => "!!str",
            Self::Binary(_) => "!!binary",
        }
    }
}

/// Finds out what a scalar is; the error is go-yaml's text.
pub(crate) fn resolve<'a>(
    reader: Reader,
    tag: Option<&str>,
    style: ScalarStyle,
    value: Cow<'a, str>,
) -> Result<Scalar<'a>, String> {
    match (tag, reader) {
        (None, _) | (Some("!"), Reader::V3) if style == ScalarStyle::Plain => Ok(implicit(reader, value)),
        (None | Some("!"), _) => Ok(Scalar::Str(value)),
        (Some(tag), _) => explicit(reader, &short_tag(tag), value),
    }
}

/// `!!int` for `tag:yaml.org,2002:int`; other tags as they are.
pub(crate) fn short_tag(tag: &str) -> Cow<'_, str> {
    match tag.strip_prefix(TAG_PREFIX) {
        Some(name) => Cow::Owned(format!("!!{name}")),
        None => Cow::Borrowed(tag),
    }
}

fn implicit(reader: Reader, value: Cow<'_, str>) -> Scalar<'_> {
    match classify(reader, &value, true) {
        // v2 knows timestamps but leaves them as text
        None => Scalar::Str(value),
        Some(Scalar::Timestamp(_)) if reader == Reader::V2 => Scalar::Str(value),
        Some(scalar) => scalar,
    }
}

fn explicit<'a>(reader: Reader, tag: &str, value: Cow<'a, str>) -> Result<Scalar<'a>, String> {
    match tag {
        "!!binary" => decode_base64(&value)
            .map(Scalar::Binary)
            .ok_or_else(|| "!!binary value contains invalid base64 data".to_owned()),
        "!!bool" | "!!int" | "!!float" | "!!null" | "!!timestamp" => {
            let found =
                classify(reader, &value, tag == "!!timestamp").unwrap_or(Scalar::Str(Cow::Borrowed("")));
            match found {
                Scalar::Timestamp(_) if reader == Reader::V2 && tag == "!!timestamp" => {
                    Ok(Scalar::Str(value))
                }
                Scalar::Int(number) if tag == "!!float" => Ok(Scalar::Float(number as f64)),
                found if found.tag() == tag => Ok(found),
                found => Err(format!("cannot decode {} `{value}` as a {tag}", found.tag())),
            }
        }
        _ => Ok(Scalar::Str(value)),
    }
}

/// What an unquoted text is other than a string. go-yaml looks at the first byte before anything else.
pub(crate) fn classify(reader: Reader, text: &str, timestamps: bool) -> Option<Scalar<'static>> {
    let Some(&first) = text.as_bytes().first() else {
        return Some(Scalar::Null);
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => word(reader, text),
        b'.' => word(reader, text).or_else(|| number::dotted_float(text).map(Scalar::Float)),
        b'+' | b'-' | b'0'..=b'9' => word(reader, text)
            .or_else(|| {
                let timestamp = timestamps.then(|| Timestamp::parse(text))?;
                timestamp.map(Scalar::Timestamp)
            })
            .or_else(|| number::number(reader, text)),
        _ => None,
    }
}

/// The words that are no strings.
fn word(reader: Reader, text: &str) -> Option<Scalar<'static>> {
    if text.len() > 5 {
        return None;
    }
    Some(match text {
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Bool(true),
        "false" | "False" | "FALSE" => Scalar::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ if reader == Reader::V2 => Scalar::Bool(old_boolean(text)?),
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
