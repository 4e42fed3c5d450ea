//! The few ASN.1 structures that keys are written in.

/// An element with its length.
fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let len = contents.len();
    let mut out = vec![tag];
    if len < 0x80 {
        out.push(len as u8);
    } else {
        let bytes: Vec<u8> = len
            .to_be_bytes()
            .into_iter()
            .skip_while(|&byte| byte == 0)
            .collect();
        out.push(0x80 | bytes.len() as u8);
        out.extend(bytes);
    }
    out.extend_from_slice(contents);
    out
}

/// A sequence of elements that are already written.
pub(super) fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &elements.concat())
}

/// A number without sign.
pub(super) fn integer(big_endian: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = big_endian.iter().copied().skip_while(|&byte| byte == 0).collect();
    let sign = if digits.first().is_none_or(|&byte| byte >= 0x80) {
        &[0u8][..]
    } else {
        &[]
    };
    element(0x02, &[sign, &digits].concat())
}

pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    element(0x04, bytes)
}

pub(super) fn bits(bytes: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], bytes].concat())
}

/// An object identifier, given by its contents.
pub(super) fn identifier(contents: &[u8]) -> Vec<u8> {
    element(0x06, contents)
}

/// An element with a tag of its context.
pub(super) fn tagged(number: u8, contents: &[u8]) -> Vec<u8> {
    element(0xa0 | number, contents)
}

/// The integers of a sequence.
pub(super) fn read_integers(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (0x30, mut rest, _) = read(bytes)? else {
        return None;
    };
    let mut integers = Vec::new();
    while !rest.is_empty() {
        let (0x02, contents, after) = read(rest)? else {
            return None;
        };
        integers.push(contents.to_vec());
        rest = after;
    }
    Some(integers)
}

/// Tag and contents of the first element, and what follows it.
pub(super) fn read(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (len, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (len, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let fits = len.len() <= size_of::<u32>();
        (
            len.iter().fold(0, |value, &byte| value << 8 | usize::from(byte)),
            rest.get(..).filter(|_| fits)?,
        )
    };
    let (contents, rest) = rest.split_at_checked(len)?;
    Some((tag, contents, rest))
}
