//! One certificate authority for a control plane and whom it lets in.

use std::fs;

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

use super::workspace::Workspace;

const SERVER_NAMES: [&str; 5] = [
    "localhost",
    "127.0.0.1",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
];

/// A certificate with its key, both as PEM.
pub(crate) struct Pair {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// Writes the authority, the servers' certificates and the key that signs service account tokens.
pub(crate) fn create(workspace: &Workspace) -> Result<()> {
    let authority_key = new_key()?;
    let authority = authority_params()
        .self_signed(&authority_key)
        .context("failed to sign the authority")?;
    write(workspace, "ca.crt", &authority.pem())?;
    write(workspace, "ca.key", &authority_key.serialize_pem())?;
    let service_accounts = new_key()?;
    write(
        workspace,
        "service-accounts.key",
        &service_accounts.serialize_pem(),
    )?;
    write(
        workspace,
        "service-accounts.pub",
        &service_accounts.public_key_pem(),
    )?;
    for (file, name) in [
        ("apiserver", "kube-apiserver"),
        ("front-proxy", "front-proxy-client"),
    ] {
        let pair = issue(workspace, name, None, &SERVER_NAMES)?;
        write(workspace, &format!("{file}.crt"), &pair.certificate)?;
        write(workspace, &format!("{file}.key"), &pair.key)?;
    }
    Ok(())
}

/// A certificate for the user `name` in `group`, signed by the control plane's authority.
pub(crate) fn issue_user(workspace: &Workspace, name: &str, group: Option<&str>) -> Result<Pair> {
    issue(workspace, name, group, &[])
}

fn issue(workspace: &Workspace, name: &str, group: Option<&str>, server_names: &[&str]) -> Result<Pair> {
    let names: Vec<String> = server_names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).context("failed to name a certificate")?;
    params.distinguished_name.push(DnType::CommonName, name);
    if let Some(group) = group {
        params.distinguished_name.push(DnType::OrganizationName, group);
    }
    params.use_authority_key_identifier_extension = true;
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ClientAuth,
        ExtendedKeyUsagePurpose::ServerAuth,
    ];
    let key = new_key()?;
    let authority_key =
        fs::read_to_string(workspace.pki("ca.key")).context("failed to read the authority's key")?;
    let authority_key = KeyPair::from_pem(&authority_key).context("failed to parse the authority's key")?;
    let issuer = Issuer::new(authority_params(), authority_key);
    let certificate = params
        .signed_by(&key, &issuer)
        .with_context(|| format!("failed to sign for {name}"))?;
    Ok(Pair {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    params
        .distinguished_name
        .push(DnType::CommonName, "glops-test-authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    params
}

fn new_key() -> Result<KeyPair> {
    KeyPair::generate().context("failed to generate a key")
}

fn write(workspace: &Workspace, name: &str, content: &str) -> Result<()> {
    fs::write(workspace.pki(name), content).with_context(|| format!("failed to write {name}"))
}
