//! Issues certificates.

use std::net::IpAddr;

use p256::ecdsa::signature::{SignatureEncoding, Signer as _};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData, SanType, SerialNumber,
    SignatureAlgorithm, SigningKey, string::PrintableString,
};
use rsa::pkcs1::EncodeRsaPublicKey;
use time::OffsetDateTime;

use super::key::{PrivateKey, ed25519_der};
use crate::exec::Context;

/// A key that signs; the public part is kept beside it.
pub(super) struct Signer {
    key: SignerKey,
    public: Vec<u8>,
    algorithm: &'static SignatureAlgorithm,
}

enum SignerKey {
    Rsa(rsa::pkcs1v15::SigningKey<rsa::sha2::Sha256>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(KeyPair),
}

impl Signer {
    /// The signer of a key; the error is Go's text.
    pub(super) fn of(key: &PrivateKey) -> Result<Self, String> {
        let failed = |error: &dyn std::fmt::Display| format!("error creating certificate: {error}");
        Ok(match key {
            PrivateKey::Rsa(key) => Self {
                public: key
                    .to_public_key()
                    .to_pkcs1_der()
                    .map_err(|error| failed(&error))?
                    .into_vec(),
                key: SignerKey::Rsa(rsa::pkcs1v15::SigningKey::new((**key).clone())),
                algorithm: &rcgen::PKCS_RSA_SHA256,
            },
            PrivateKey::P256(key) => Self {
                public: key.public_key().to_encoded_point(false).as_bytes().to_vec(),
                key: SignerKey::P256(key.into()),
                algorithm: &rcgen::PKCS_ECDSA_P256_SHA256,
            },
            PrivateKey::P384(key) => Self {
                public: key.public_key().to_encoded_point(false).as_bytes().to_vec(),
                key: SignerKey::P384(key.into()),
                algorithm: &rcgen::PKCS_ECDSA_P384_SHA384,
            },
            PrivateKey::Ed25519(seed) => {
                let pair = KeyPair::try_from(ed25519_der(seed)).map_err(|error| failed(&error))?;
                let public = pair.der_bytes().to_vec();
                Self {
                    key: SignerKey::Ed25519(pair),
                    public,
                    algorithm: &rcgen::PKCS_ED25519,
                }
            }
            PrivateKey::Dsa(_) => {
                return Err(failed(
                    &"x509: certificate private key does not implement crypto.Signer",
                ));
            }
        })
    }

    /// Whether a certificate is one for this key.
    pub(super) fn owns(&self, certificate: &[u8]) -> bool {
        memchr::memmem::find(certificate, &self.public).is_some()
    }
}

impl PublicKeyData for Signer {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

impl SigningKey for Signer {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let refused = |_| rcgen::Error::RemoteKeyError;
        Ok(match &self.key {
            SignerKey::Rsa(key) => key.try_sign(message).map_err(refused)?.to_vec(),
            SignerKey::P256(key) => {
                let signature: p256::ecdsa::DerSignature = key.try_sign(message).map_err(refused)?;
                signature.as_bytes().to_vec()
            }
            SignerKey::P384(key) => {
                let signature: p384::ecdsa::DerSignature = key.try_sign(message).map_err(refused)?;
                signature.as_bytes().to_vec()
            }
            SignerKey::Ed25519(pair) => pair.sign(message)?,
        })
    }
}

/// Basic constraints that say that a certificate is no authority. Go gives such a one no identifier of its key, which
/// rcgen would do.
fn no_authority() -> CustomExtension {
    const BASIC_CONSTRAINTS: [u64; 4] = [2, 5, 29, 19];
    const EMPTY_SEQUENCE: [u8; 2] = [0x30, 0];
    let mut extension = CustomExtension::from_oid_content(&BASIC_CONSTRAINTS, EMPTY_SEQUENCE.to_vec());
    extension.set_criticality(true);
    extension
}

/// Whom a certificate is for.
pub(super) struct Subject {
    pub(super) common_name: String,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) names: Vec<String>,
    pub(super) days: i64,
    pub(super) authority: bool,
}

impl Subject {
    fn params(&self, context: &Context<'_>) -> Result<CertificateParams, String> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        let name = self.common_name.as_str();
        let name = PrintableString::try_from(name)
            .map_or_else(|_| DnValue::Utf8String(name.to_owned()), DnValue::PrintableString);
        // Go leaves out a name that is empty
        if !self.common_name.is_empty() {
            params.distinguished_name.push(DnType::CommonName, name);
        }
        for address in &self.addresses {
            params.subject_alt_names.push(SanType::IpAddress(*address));
        }
        for name in &self.names {
            let quoted = crate::text::quote::quoted(name.as_bytes());
            let ia5 = name.as_str().try_into();
            let ia5 = ia5.map_err(|_| format!("x509: {quoted} cannot be encoded as an IA5String"))?;
            params.subject_alt_names.push(SanType::DnsName(ia5));
        }
        let now = context
            .environment()
            .now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let start = now.as_secs() as i64;
        let at = |seconds| {
            OffsetDateTime::from_unix_timestamp(seconds)
                .map_err(|_| "x509: cannot represent time as GeneralizedTime".to_owned())
        };
        params.not_before = at(start)?;
        params.not_after = at(start.saturating_add(self.days.saturating_mul(86_400)))?;
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        if self.authority {
            params.key_usages.push(KeyUsagePurpose::KeyCertSign);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        } else {
            params.custom_extensions.push(no_authority());
        }
        let mut serial = [0; 16];
        context.environment().fill_random(&mut serial);
        // positive, whatever the first bit is
        serial[0] &= 0x7f;
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        Ok(params)
    }

    /// A certificate signed by its own key.
    pub(super) fn self_signed(&self, context: &Context<'_>, signer: &Signer) -> Result<Certificate, String> {
        self.params(context)?
            .self_signed(signer)
            .map_err(|error| error.to_string())
    }

    /// A certificate for a key, signed by an authority.
    pub(super) fn signed(
        &self,
        context: &Context<'_>,
        signer: &Signer,
        issuer: &Issuer<'_, &Signer>,
    ) -> Result<Certificate, String> {
        let mut params = self.params(context)?;
        params.use_authority_key_identifier_extension = true;
        params
            .signed_by(signer, issuer)
            .map_err(|error| error.to_string())
    }
}
