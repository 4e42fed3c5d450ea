//! Kubeconfig files, written as JSON, which every reader of YAML takes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};

use super::pki;
use super::workspace::Workspace;

/// Writes the kubeconfig of a user known by certificate, named `file`.
pub(crate) fn for_user(
    workspace: &Workspace,
    port: u16,
    file: &str,
    name: &str,
    group: Option<&str>,
) -> Result<PathBuf> {
    let pair = pki::issue_user(workspace, name, group)?;
    let certificate = workspace.pki(&format!("{file}.crt"));
    let key = workspace.pki(&format!("{file}.key"));
    fs::write(&certificate, pair.certificate)
        .with_context(|| format!("failed to write the certificate of {name}"))?;
    fs::write(&key, pair.key).with_context(|| format!("failed to write the key of {name}"))?;
    let user = json!({"client-certificate": certificate, "client-key": key});
    let cluster = json!({
        "server": format!("https://127.0.0.1:{port}"),
        "certificate-authority": workspace.pki("ca.crt"),
    });
    let path = workspace.kubeconfig(file);
    write(&path, &cluster, &user)?;
    Ok(path)
}

/// Writes the kubeconfig of a bearer of `token` for the cluster that `origin` names.
pub(crate) fn for_token(origin: &Path, path: &Path, token: &str) -> Result<()> {
    let origin = Kubeconfig::read_from(origin).context("failed to read the kubeconfig")?;
    let current = origin.current_context.as_deref().unwrap_or_default();
    let context = origin
        .contexts
        .iter()
        .find(|named| named.name == current)
        .and_then(|named| named.context.as_ref());
    let name = context
        .map(|context| context.cluster.as_str())
        .context("the kubeconfig has no current context")?;
    let cluster = origin
        .clusters
        .iter()
        .find(|named| named.name == name)
        .and_then(|named| named.cluster.as_ref())
        .with_context(|| format!("the kubeconfig has no cluster {name}"))?;
    let cluster = serde_json::to_value(cluster).context("failed to copy the cluster of the kubeconfig")?;
    write(path, &cluster, &json!({"token": token}))
}

/// A client for whom the kubeconfig at `path` stands for. A proxy of the environment is not asked: what the tests
/// talk to is on this machine.
pub(crate) async fn client(path: &Path) -> Result<kube::Client> {
    // two providers are compiled in when all crates are tested at once; the one that is set first is used
    let _ = rustls::crypto::ring::default_provider().install_default();
    let kubeconfig =
        Kubeconfig::read_from(path).with_context(|| format!("failed to read {}", path.display()))?;
    let mut config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
        .await
        .with_context(|| format!("failed to understand {}", path.display()))?;
    if config.cluster_url.host() == Some("127.0.0.1") {
        config.proxy_url = None;
    }
    kube::Client::try_from(config).context("failed to make a client")
}

fn write(path: &Path, cluster: &Value, user: &Value) -> Result<()> {
    let document = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": cluster}],
        "users": [{"name": "test", "user": user}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "current-context": "test",
    });
    let text = serde_json::to_string_pretty(&document).context("failed to write a kubeconfig as JSON")?;
    fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}
