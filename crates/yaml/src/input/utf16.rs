use std::borrow::Cow;

use super::{Failure, Input};

/// Decodes what follows the byte order mark.
pub(super) fn decode(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Input<'static> {
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut units = bytes.chunks(2).map(|pair| match pair {
        &[first, second] => Ok(unit([first, second])),
        _ => Err(Failure::IncompleteUtf16),
    });
    let mut failure = None;
    while let Some(first) = units.next() {
        match first.and_then(|first| character(first, &mut units)) {
            Ok(character) => text.push(character),
            Err(found) => {
                failure = Some(found);
                break;
            }
        }
    }
    if let Some(offset) = super::failure::first_control(&text) {
        text.truncate(offset);
        failure = Some(Failure::ControlCharacter);
    }
    Input {
        text: Cow::Owned(text),
        failure,
    }
}

fn character(first: u16, units: &mut impl Iterator<Item = Result<u16, Failure>>) -> Result<char, Failure> {
    let value = match first & 0xFC00 {
        0xDC00 => return Err(Failure::LowSurrogate),
        0xD800 => {
            let second = units.next().ok_or(Failure::IncompletePair)?;
            let second = second.map_err(|_| Failure::IncompletePair)?;
            if second & 0xFC00 != 0xDC00 {
                return Err(Failure::NoLowSurrogate);
            }
            0x1_0000 + (u32::from(first & 0x3FF) << 10) + u32::from(second & 0x3FF)
        }
        _ => u32::from(first),
    };
    char::from_u32(value).ok_or(Failure::Character)
}
