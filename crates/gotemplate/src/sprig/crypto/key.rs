//! Private keys: made, read and written.

use p256::elliptic_curve::sec1::ToEncodedPoint;
use rsa::BigUint;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey};
use rsa::pkcs8::DecodePrivateKey;

use super::super::{Called, Row};
use super::dsa::DsaKey;
use super::random::EnvironmentRandom;
use super::{SLOW, der, pem};
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::Type;

pub(in crate::sprig) const TABLE: &[Row] =
    &[("genPrivateKey", Signature::new(&[Type::String]), gen_private_key)];

/// A private key of one of the kinds that Go reads.
pub(super) enum PrivateKey {
    Rsa(Box<RsaPrivateKey>),
    P256(p256::SecretKey),
    P384(p384::SecretKey),
    /// The seed of the key.
    Ed25519([u8; 32]),
    Dsa(Box<DsaKey>),
}

/// Object identifiers, by their contents.
const P256_OID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const P384_OID: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
const ED25519_OID: &[u8] = &[0x2b, 0x65, 0x70];

fn gen_private_key(context: &Context<'_>, args: &Args) -> Called {
    let kind = args.str(0).to_text();
    let mut random = EnvironmentRandom(context.environment());
    let key = match &*kind {
        "" | "rsa" => PrivateKey::rsa(context, 4096)?,
        "dsa" => {
            context.spend(SLOW)?;
            PrivateKey::Dsa(Box::new(DsaKey::generate(context)?))
        }
        "ecdsa" => PrivateKey::P256(p256::SecretKey::random(&mut random)),
        "ed25519" => {
            let mut seed = [0; 32];
            context.environment().fill_random(&mut seed);
            PrivateKey::Ed25519(seed)
        }
        _ => return Ok(format!("Unknown type {kind}").into()),
    };
    Ok(key.to_pem().into())
}

impl PrivateKey {
    /// A new RSA key.
    pub(super) fn rsa(context: &Context<'_>, bits: usize) -> Result<Self, CallError> {
        context.spend(SLOW)?;
        let mut random = EnvironmentRandom(context.environment());
        RsaPrivateKey::new_with_exp(&mut random, bits, &BigUint::from(65_537u32))
            .map(|key| Self::Rsa(Box::new(key)))
            .map_err(|error| CallError::new(format!("error generating rsa key: {error}")))
    }

    /// The key as Go writes it, each kind in its traditional form.
    pub(super) fn to_pem(&self) -> String {
        let (kind, bytes) = match self {
            Self::Rsa(key) => {
                let written = key.to_pkcs1_der().map(|der| der.as_bytes().to_vec());
                ("RSA PRIVATE KEY", written.unwrap_or_default())
            }
            Self::P256(key) => {
                let point = key.public_key().to_encoded_point(false);
                (
                    "EC PRIVATE KEY",
                    ec_der(&key.to_bytes(), P256_OID, point.as_bytes()),
                )
            }
            Self::P384(key) => {
                let point = key.public_key().to_encoded_point(false);
                (
                    "EC PRIVATE KEY",
                    ec_der(&key.to_bytes(), P384_OID, point.as_bytes()),
                )
            }
            Self::Ed25519(seed) => ("PRIVATE KEY", ed25519_der(seed)),
            Self::Dsa(key) => ("DSA PRIVATE KEY", key.to_der()),
        };
        pem::encode(kind, &bytes)
    }

    /// Reads the first key of a PEM text; the error is Go's text.
    pub(super) fn from_pem(text: &[u8]) -> Result<Self, String> {
        let block = pem::decode(text).ok_or("no PEM data in input")?;
        let bytes = &block.contents;
        match block.kind.as_str() {
            "PRIVATE KEY" => Self::from_pkcs8(bytes)
                .ok_or_else(|| "decoding PEM as PKCS#8: x509: malformed key".to_owned()),
            "RSA PRIVATE KEY" => match RsaPrivateKey::from_pkcs1_der(bytes) {
                Ok(key) => Ok(Self::Rsa(Box::new(key))),
                Err(error) => Err(format!("parsing RSA private key from PEM: {error}")),
            },
            "EC PRIVATE KEY" => Self::from_sec1(bytes).ok_or_else(|| {
                "parsing EC private key from PEM: x509: failed to parse EC private key".to_owned()
            }),
            "DSA PRIVATE KEY" => match DsaKey::from_der(bytes) {
                Some(key) => Ok(Self::Dsa(Box::new(key))),
                None => Err("parsing DSA private key from PEM: asn1: structure error".to_owned()),
            },
            other => Err(match other.strip_suffix(" PRIVATE KEY") {
                Some(_) => format!("invalid private key type {other}"),
                None => format!("no private key data in PEM block of type {other}"),
            }),
        }
    }

    fn from_pkcs8(bytes: &[u8]) -> Option<Self> {
        if let Ok(key) = RsaPrivateKey::from_pkcs8_der(bytes) {
            return Some(Self::Rsa(Box::new(key)));
        }
        if let Ok(key) = p256::SecretKey::from_pkcs8_der(bytes) {
            return Some(Self::P256(key));
        }
        if let Ok(key) = p384::SecretKey::from_pkcs8_der(bytes) {
            return Some(Self::P384(key));
        }
        let seed = bytes
            .get(16..48)
            .filter(|_| bytes[..16] == ed25519_der(&[0; 32])[..16])?;
        Some(Self::Ed25519(seed.try_into().ok()?))
    }

    fn from_sec1(bytes: &[u8]) -> Option<Self> {
        if let Ok(key) = p256::SecretKey::from_sec1_der(bytes) {
            return Some(Self::P256(key));
        }
        p384::SecretKey::from_sec1_der(bytes).ok().map(Self::P384)
    }
}

/// `ECPrivateKey` of RFC 5915.
fn ec_der(secret: &[u8], curve: &[u8], point: &[u8]) -> Vec<u8> {
    der::sequence(&[
        der::integer(&[1]),
        der::octets(secret),
        der::tagged(0, &der::identifier(curve)),
        der::tagged(1, &der::bits(point)),
    ])
}

/// `PrivateKeyInfo` of RFC 8410.
pub(super) fn ed25519_der(seed: &[u8; 32]) -> Vec<u8> {
    der::sequence(&[
        der::integer(&[]),
        der::sequence(&[der::identifier(ED25519_OID)]),
        der::octets(&der::octets(seed)),
    ])
}
