//! Certificates with their keys.

use std::net::IpAddr;

use rcgen::Issuer;

use super::super::encoding::decode64;
use super::super::{Called, Row, fail};
use super::issue::{Signer, Subject};
use super::key::PrivateKey;
use super::pem;
use crate::exec::Context;
use crate::fmt;
use crate::function::{Args, CallError, Signature};
use crate::value::{List, Object, Str, Type, Value};

use Type::{Int, String};

const CERTIFICATE: Type = Type::Named("sprig.certificate");

pub(in crate::sprig) const TABLE: &[Row] = &[
    (
        "buildCustomCert",
        Signature::new(&[String, String]),
        build_custom_cert,
    ),
    ("genCA", Signature::new(&[String, Int]), |context, args| {
        authority(context, args, &PrivateKey::rsa(context, BITS)?)
    }),
    (
        "genCAWithKey",
        Signature::new(&[String, Int, String]),
        |context, args| authority(context, args, &given_key(args, 2)?),
    ),
    (
        "genSelfSignedCert",
        Signature::new(&[String, Type::List, Type::List, Int]),
        |context, args| {
            self_signed(
                context,
                &PrivateKey::rsa(context, BITS)?,
                &subject(context, args)?,
            )
        },
    ),
    (
        "genSelfSignedCertWithKey",
        Signature::new(&[String, Type::List, Type::List, Int, String]),
        |context, args| self_signed(context, &given_key(args, 4)?, &subject(context, args)?),
    ),
    (
        "genSignedCert",
        Signature::new(&[String, Type::List, Type::List, Int, CERTIFICATE]),
        |context, args| signed(context, args, &PrivateKey::rsa(context, BITS)?),
    ),
    (
        "genSignedCertWithKey",
        Signature::new(&[String, Type::List, Type::List, Int, CERTIFICATE, String]),
        |context, args| signed(context, args, &given_key(args, 5)?),
    ),
];

/// Bits of the keys that are made for certificates.
const BITS: usize = 2048;

/// A certificate and its private key, both PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate.
    pub cert: Str,
    /// The private key.
    pub key: Str,
}

impl Object for Certificate {
    fn type_name(&self) -> &'static str {
        "sprig.certificate"
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Cert", Value::Str(self.cert.clone())),
            ("Key", Value::Str(self.key.clone())),
        ]
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<Self>() == Some(self)
    }
}

fn given_key(args: &Args, at: usize) -> Result<PrivateKey, CallError> {
    PrivateKey::from_pem(args.str(at))
        .map_err(|error| CallError::new(format!("parsing private key: {error}")))
}

fn result(certificate: Result<rcgen::Certificate, std::string::String>, key: &PrivateKey) -> Called {
    let certificate =
        certificate.map_err(|error| CallError::new(format!("error creating certificate: {error}")))?;
    Ok(Value::object(Certificate {
        cert: pem::encode("CERTIFICATE", certificate.der()).into(),
        key: key.to_pem().into(),
    }))
}

fn authority(context: &Context<'_>, args: &Args, key: &PrivateKey) -> Called {
    let subject = Subject {
        common_name: args.str(0).to_text().into_owned(),
        addresses: Vec::new(),
        names: Vec::new(),
        days: args.int(1),
        authority: true,
    };
    self_signed(context, key, &subject)
}

/// The subject of the arguments: name, addresses, other names and days.
fn subject(context: &Context<'_>, args: &Args) -> Result<Subject, CallError> {
    Ok(Subject {
        common_name: args.str(0).to_text().into_owned(),
        addresses: addresses(context, args.list(1))?,
        names: names(context, args.list(2))?,
        days: args.int(3),
        authority: false,
    })
}

fn addresses(context: &Context<'_>, list: &List) -> Result<Vec<IpAddr>, CallError> {
    let parse = |item: &Value| match item {
        Value::Str(text) => {
            let text = text.to_text();
            text.parse()
                .map_err(|_| CallError::new(format!("error parsing ip: {text}")))
        }
        other => fail(format!(
            "error parsing ip: {} is not a string",
            fmt::shown(context, other)
        )),
    };
    list.items().iter().map(parse).collect()
}

fn names(context: &Context<'_>, list: &List) -> Result<Vec<std::string::String>, CallError> {
    let read = |item: &Value| match item {
        Value::Str(text) => Ok(text.to_text().into_owned()),
        other => {
            let shown = fmt::shown(context, other);
            fail(format!(
                "error processing alternate dns name: {shown} is not a string"
            ))
        }
    };
    list.items().iter().map(read).collect()
}

fn self_signed(context: &Context<'_>, key: &PrivateKey, subject: &Subject) -> Called {
    let signer = Signer::of(key).map_err(CallError::new)?;
    result(subject.self_signed(context, &signer), key)
}

fn signed(context: &Context<'_>, args: &Args, key: &PrivateKey) -> Called {
    let authority: &Certificate = args
        .value(4)
        .as_object()
        .ok_or_else(|| CallError::new("not a certificate"))?;
    let certificate =
        pem::decode(&authority.cert).ok_or_else(|| CallError::new("unable to decode certificate"))?;
    let malformed =
        || CallError::new("error parsing certificate: decodedSignerCert.Bytes: x509: malformed certificate");
    x509_parser::parse_x509_certificate(&certificate.contents).map_err(|_| malformed())?;
    let signing_key = PrivateKey::from_pem(&authority.key)
        .map_err(|error| CallError::new(format!("error parsing private key: {error}")))?;
    let subject = subject(context, args)?;
    let signing = Signer::of(&signing_key).map_err(CallError::new)?;
    if !signing.owns(&certificate.contents) {
        return fail(
            "error creating certificate: x509: provided PrivateKey doesn't match parent's PublicKey",
        );
    }
    let der = certificate.contents.as_slice().into();
    let issuer = Issuer::from_ca_cert_der(&der, &signing).map_err(|_| malformed())?;
    let signer = Signer::of(key).map_err(CallError::new)?;
    result(subject.signed(context, &signer, &issuer), key)
}

fn build_custom_cert(_: &Context<'_>, args: &Args) -> Called {
    let cert = decode64(args.str(0)).map_err(|_| CallError::new("unable to decode base64 certificate"))?;
    let key = decode64(args.str(1)).map_err(|_| CallError::new("unable to decode base64 private key"))?;
    let decoded = pem::decode(&cert).ok_or_else(|| CallError::new("unable to decode certificate"))?;
    if x509_parser::parse_x509_certificate(&decoded.contents).is_err() {
        return fail("error parsing certificate: decodedCert.Bytes: x509: malformed certificate");
    }
    PrivateKey::from_pem(&key)
        .map_err(|error| CallError::new(format!("error parsing private key: {error}")))?;
    Ok(Value::object(Certificate {
        cert: cert.into(),
        key: key.into(),
    }))
}
