//! AES-256 in CBC mode, the password filled up with zeros as the key.

use ::aes::Aes256;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};

use super::super::{Called, Row, fail};
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::{Str, Type, Value};

const TWO: Signature = Signature::new(&[Type::String, Type::String]);

pub(in crate::sprig) const TABLE: &[Row] = &[("encryptAES", TWO, encrypt), ("decryptAES", TWO, decrypt)];

const BLOCK: usize = 16;

fn key(password: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    let len = password.len().min(32);
    key[..len].copy_from_slice(&password[..len]);
    key
}

fn encrypt(context: &Context<'_>, args: &Args) -> Called {
    let plain = args.str(1);
    if plain.is_empty() {
        return Ok("".into());
    }
    context.allocate(plain.len() * 2)?;
    let mut iv = [0; BLOCK];
    context.environment().fill_random(&mut iv);
    let cipher = cbc::Encryptor::<Aes256>::new(&key(args.str(0)).into(), &iv.into());
    let encrypted = cipher.encrypt_padded_vec::<Pkcs7>(plain);
    Ok(STANDARD.encode([iv.as_slice(), &encrypted].concat()).into())
}

fn decrypt(_: &Context<'_>, args: &Args) -> Called {
    let text = args.str(1);
    if text.is_empty() {
        return Ok("".into());
    }
    let bytes = super::super::encoding::decode64(text)
        .map_err(|at| CallError::new(format!("illegal base64 data at input byte {at}")))?;
    let Some((iv, encrypted)) = bytes.split_at_checked(BLOCK) else {
        return fail(format!(
            "runtime error: slice bounds out of range [:16] with capacity {}",
            bytes.len()
        ));
    };
    if encrypted.len() % BLOCK != 0 {
        return fail("crypto/cipher: input not full blocks");
    }
    let iv: [u8; BLOCK] = iv
        .try_into()
        .map_err(|_| CallError::new("crypto/cipher: bad IV"))?;
    let cipher = cbc::Decryptor::<Aes256>::new(&key(args.str(0)).into(), &iv.into());
    let plain = cipher
        .decrypt_padded_vec::<NoPadding>(encrypted)
        .map_err(|_| CallError::new("crypto/cipher: input not full blocks"))?;
    // the last byte is the length of the padding, whatever it is
    let Some(padding) = plain.last() else {
        return fail("runtime error: index out of range [-1]");
    };
    let end = plain.len() as i64 - i64::from(*padding);
    match usize::try_from(end) {
        Ok(end) => Ok(Value::Str(Str::from(&plain[..end]))),
        Err(_) => fail(format!("runtime error: slice bounds out of range [:{end}]")),
    }
}
