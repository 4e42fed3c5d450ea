//! Password hashes, and passwords derived from a master password.

use bcrypt::Version;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::super::{Called, Row};
use super::SLOW;
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::Type;

pub(in crate::sprig) const TABLE: &[Row] = &[
    ("bcrypt", Signature::new(&[Type::String]), |context, args| {
        Ok(hash(context, args.str(0))?.into())
    }),
    (
        "htpasswd",
        Signature::new(&[Type::String, Type::String]),
        htpasswd,
    ),
    (
        "derivePassword",
        Signature::new(&[
            Type::Uint32,
            Type::String,
            Type::String,
            Type::String,
            Type::String,
        ]),
        derive,
    ),
];

/// Go's default.
const COST: u32 = 10;
/// Longest password that bcrypt takes.
const LONGEST: usize = 72;

fn hash(context: &Context<'_>, password: &[u8]) -> Result<String, CallError> {
    context.spend(SLOW)?;
    let failed = |what: &str| format!("failed to encrypt string with bcrypt: {what}");
    if password.len() > LONGEST {
        return Ok(failed("bcrypt: password length exceeds 72 bytes"));
    }
    let mut salt = [0; 16];
    context.environment().fill_random(&mut salt);
    Ok(match bcrypt::hash_with_salt(password, COST, salt) {
        Ok(parts) => parts.format_for_version(Version::TwoA),
        Err(error) => failed(&error.to_string()),
    })
}

fn htpasswd(context: &Context<'_>, args: &Args) -> Called {
    let user = args.str(0).to_text();
    if user.contains(':') {
        return Ok(format!("invalid username: {user}").into());
    }
    Ok(format!("{user}:{}", hash(context, args.str(1))?).into())
}

/// Shapes of passwords: each letter stands for a class of characters.
const SHAPES: &[(&str, &[&str])] = &[
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

fn class(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// The Master Password algorithm.
fn derive(context: &Context<'_>, args: &Args) -> Called {
    let kind = args.str(1).to_text();
    let Some((_, shapes)) = SHAPES.iter().find(|(name, _)| *name == kind) else {
        return Ok(format!("cannot find password template {kind}").into());
    };
    context.spend(SLOW)?;
    let (password, user, site) = (args.str(2), args.str(3), args.str(4));
    let length = |text: &[u8]| (text.len() as u32).to_be_bytes();
    let salt = [SEED, &length(user), user].concat();
    let failed = |error: String| CallError::new(format!("failed to derive password: {error}"));
    let parameters = scrypt::Params::new(15, 8, 2).map_err(|error| failed(error.to_string()))?;
    let mut key = [0; 64];
    scrypt::scrypt(password, &salt, &parameters, &mut key).map_err(|error| failed(error.to_string()))?;
    let counter = (args.int(0) as u32).to_be_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| failed(error.to_string()))?;
    mac.update(&[SEED, &length(site), site, &counter].concat());
    let seed = mac.finalize().into_bytes();
    let shape = shapes[usize::from(seed[0]) % shapes.len()];
    let characters = shape.bytes().zip(&seed[1..]).map(|(letter, &byte)| {
        let class = class(letter);
        char::from(class[usize::from(byte) % class.len()])
    });
    Ok(characters.collect::<String>().into())
}
