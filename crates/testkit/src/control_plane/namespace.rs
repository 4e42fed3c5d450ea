//! A namespace of one test.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{DeleteParams, ListParams, PostParams};
use kube::{Api, Client};

use super::plane::{ControlPlane, block_on};
use super::readiness;

const LABEL: &str = "testkit.glops.dev/test";

/// A fresh namespace. When its test panics it tells what was in it; nobody waits for its deletion, which takes ten
/// seconds and more, because the control plane ends soon anyway.
#[derive(Debug)]
pub struct TestNamespace<'a> {
    plane: &'a ControlPlane,
    name: String,
}

impl ControlPlane {
    /// Creates a namespace whose name begins with `purpose`, which is also its label.
    pub async fn namespace(&self, purpose: &str) -> TestNamespace<'_> {
        match self.create_namespace(purpose).await {
            Ok(name) => TestNamespace { plane: self, name },
            Err(error) => panic!("no namespace for the test {purpose}: {error:#}"),
        }
    }

    /// A name that no other test and no other run uses, for what has no namespace of its own.
    pub fn unique_name(purpose: &str) -> String {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let millis = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_millis());
        format!(
            "{purpose}-{:x}-{:x}-{count}",
            std::process::id(),
            millis & 0xff_ffff
        )
    }

    /// Deletes the namespaces that tests made; only needed in a cluster that stays.
    pub async fn delete_test_namespaces(&self) -> Result<()> {
        let namespaces: Api<Namespace> = Api::all(self.connect().await?);
        let list = namespaces
            .list(&ListParams::default().labels(LABEL))
            .await
            .context("failed to list namespaces")?;
        for name in list
            .iter()
            .filter_map(|namespace| namespace.metadata.name.as_deref())
        {
            delete(&namespaces, name).await?;
        }
        Ok(())
    }

    async fn create_namespace(&self, purpose: &str) -> Result<String> {
        let client = self.connect().await?;
        let namespaces: Api<Namespace> = Api::all(client.clone());
        let mut namespace = Namespace::default();
        let name = Self::unique_name(purpose);
        namespace.metadata.name = Some(name.clone());
        namespace.metadata.labels = Some(BTreeMap::from([(LABEL.to_owned(), purpose.to_owned())]));
        namespaces
            .create(&PostParams::default(), &namespace)
            .await
            .with_context(|| format!("failed to create Namespace/{name}"))?;
        if self.runs_controllers() {
            readiness::default_service_account(&client, &name).await?;
        }
        Ok(name)
    }
}

impl TestNamespace<'_> {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A client with an administrator's rights.
    pub async fn client(&self) -> Client {
        self.plane.client().await
    }

    fn finish(&self) -> Result<()> {
        if thread::panicking() {
            block_on(async {
                self.plane.print_evidence(&self.name).await;
                Ok(())
            })?;
        }
        if self.plane.outlives_tests() {
            block_on(async { delete(&Api::all(self.plane.connect().await?), &self.name).await })?;
        }
        Ok(())
    }
}

impl Drop for TestNamespace<'_> {
    fn drop(&mut self) {
        // a test that passed must not fail over its cleaning, and one that failed has said why
        let _ = self.finish();
    }
}

async fn delete(namespaces: &Api<Namespace>, name: &str) -> Result<()> {
    let deletion = namespaces.delete(name, &DeleteParams::background()).await;
    deletion
        .map(|_| ())
        .with_context(|| format!("failed to delete Namespace/{name}"))
}
