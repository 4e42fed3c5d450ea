//! Base64 and base32.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Row;
use crate::function::Signature;
use crate::value::{Type, Value};

const TEXT: Signature = Signature::new(&[Type::String]);

pub(super) const TABLE: &[Row] = &[
    ("b64enc", TEXT, |_, args| Ok(STANDARD.encode(args.str(0)).into())),
    ("b64dec", TEXT, |_, args| {
        Ok(decoded("base64", decode64(args.str(0))))
    }),
    ("b32enc", TEXT, |_, args| Ok(encode32(args.str(0)).into())),
    ("b32dec", TEXT, |_, args| {
        Ok(decoded("base32", decode32(args.str(0))))
    }),
];

/// What was decoded, or the error as the value, which is what sprig gives.
fn decoded(name: &str, result: Result<Vec<u8>, usize>) -> Value {
    match result {
        Ok(bytes) => Value::Str(bytes.into()),
        Err(at) => format!("illegal {name} data at input byte {at}").into(),
    }
}

fn digit64(byte: u8) -> Option<u32> {
    let digit = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(digit))
}

/// Decodes base64 as Go does: newlines are skipped; the error is the offset of the first byte that is wrong.
pub(super) fn decode64(text: &[u8]) -> Result<Vec<u8>, usize> {
    let is_newline = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut quantum, mut digits, mut at) = (0u32, 0usize, 0);
    while let Some(&byte) = text.get(at) {
        at += 1;
        if let Some(digit) = digit64(byte) {
            quantum = quantum << 6 | digit;
            digits += 1;
            if digits == 4 {
                out.extend_from_slice(&quantum.to_be_bytes()[1..]);
                (quantum, digits) = (0, 0);
            }
        } else if byte == b'=' {
            if digits < 2 {
                return Err(at - 1);
            }
            let skip = |at: usize| at + text[at..].iter().take_while(|byte| is_newline(byte)).count();
            at = skip(at);
            if digits == 2 {
                match text.get(at) {
                    Some(b'=') => at = skip(at + 1),
                    Some(_) => return Err(at - 1),
                    None => return Err(text.len()),
                }
            }
            out.extend_from_slice(&(quantum << (6 * (4 - digits))).to_be_bytes()[1..digits]);
            return if at < text.len() { Err(at) } else { Ok(out) };
        } else if !is_newline(&byte) {
            return Err(at - 1);
        }
    }
    if digits == 0 {
        Ok(out)
    } else {
        Err(text.len() - digits)
    }
}

const ALPHABET32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn encode32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let mut block = [0; 8];
        block[3..3 + chunk.len()].copy_from_slice(chunk);
        let bits = u64::from_be_bytes(block);
        let digits = (chunk.len() * 8).div_ceil(5);
        out.extend((0..8).map(|at| {
            let digit = (bits >> (35 - 5 * at)) as usize & 31;
            if at < digits {
                char::from(ALPHABET32[digit])
            } else {
                '='
            }
        }));
    }
    out
}

/// Decodes base32 as Go does; newlines do not count as input.
fn decode32(text: &[u8]) -> Result<Vec<u8>, usize> {
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\n' | b'\r'))
        .collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    let mut at = 0;
    while at < text.len() {
        let (mut bits, mut digits) = (0u64, 0);
        while digits < 8 {
            let Some(&byte) = text.get(at) else {
                return Err(at - digits);
            };
            at += 1;
            let left = text.len() - at;
            if byte == b'=' && digits >= 2 && left < 8 {
                check_padding(&text, at, digits)?;
                at = text.len();
                break;
            }
            let digit = ALPHABET32
                .iter()
                .position(|&letter| letter == byte)
                .ok_or(at - 1)?;
            bits = bits << 5 | digit as u64;
            digits += 1;
        }
        bits <<= 5 * (8 - digits);
        out.extend_from_slice(&bits.to_be_bytes()[3..3 + digits * 5 / 8]);
    }
    Ok(out)
}

/// Checks what follows the first padding character of a block.
fn check_padding(text: &[u8], at: usize, digits: usize) -> Result<(), usize> {
    let rest = &text[at..];
    if rest.len() + digits < 7 {
        return Err(text.len());
    }
    let wrong = rest.iter().take(7 - digits).position(|&byte| byte != b'=');
    if let Some(wrong) = wrong {
        return Err(at + wrong - 1);
    }
    if matches!(digits, 1 | 3 | 6) {
        Err(at - 1)
    } else {
        Ok(())
    }
}
