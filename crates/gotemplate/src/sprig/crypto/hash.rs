//! Checksums.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, Signature};
use crate::value::Type;

const TEXT: Signature = Signature::new(&[Type::String]);

pub(in crate::sprig) const TABLE: &[Row] = &[
    ("sha1sum", TEXT, |_, args| {
        Ok(hexadecimal(&Sha1::digest(args.str(0))).into())
    }),
    ("sha256sum", TEXT, |_, args| {
        Ok(hexadecimal(&Sha256::digest(args.str(0))).into())
    }),
    ("sha512sum", TEXT, |_, args| {
        Ok(hexadecimal(&Sha512::digest(args.str(0))).into())
    }),
    ("adler32sum", TEXT, adler32),
];

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The two sums of RFC 1950.
fn adler32(_: &Context<'_>, args: &Args) -> Called {
    const MODULUS: u32 = 65_521;
    let (a, b) = args.str(0).iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % MODULUS;
        (a, (b + a) % MODULUS)
    });
    Ok((b << 16 | a).to_string().into())
}
