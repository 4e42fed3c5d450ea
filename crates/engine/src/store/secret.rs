use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use manifest::{GroupVersionKind, Object, Origin};
use serde_json::{Value, json};

use crate::{
    application::{Application, InventoryId},
    cluster::{self, ApplyRequest, Cluster, Resource},
    digest::Digest,
    inventory::{self, Inventory, apply_set},
    observe::text_at,
    ownership::PART_OF,
};

/// Names of the Secrets that hold the rest.
const PARTS: &str = "glops.dev/inventory-parts";
const TYPE: &str = "glops.dev/inventory";
const DATA: &str = "inventory";
const HOOKS: &str = "hooks";
const APPLIED: &str = "applied";
const INSTALLED: &str = "installed";
const DELETION_HOOKS: &str = "deletion-hooks";
/// A Secret may have 1 MiB; the rest is for what is beside the data.
const PART_SIZE: usize = 700 * 1024;
/// The manifests of hooks are never larger.
const MAX_UNPACKED: usize = 16 * 1024 * 1024;

/// Why an inventory could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The cluster did not do it.
    #[error("failed to {operation} inventory {inventory}")]
    Cluster {
        /// `read`, `store`, `delete`.
        operation: &'static str,
        /// Which.
        inventory: InventoryId,
        /// Why.
        source: Box<cluster::Error>,
    },
    /// A Secret of that name exists and holds something else.
    #[error("failed to use inventory {0}: a Secret of that name exists and is no inventory")]
    NotAnInventory(InventoryId),
    /// What is stored cannot be understood.
    #[error("failed to read inventory {inventory}")]
    Damaged {
        /// Which.
        inventory: InventoryId,
        /// What is wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// What an application has applied, as it is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// The objects that exist, or may exist, because of the application.
    pub inventory: Inventory,
    /// The hooks that have done their work, each with the digest of the set for which it did.
    pub hooks: BTreeMap<String, String>,
    /// The digest of the desired state that was applied in full last; empty when none was.
    pub applied: String,
    /// Whether any state was applied in full: what comes after is an upgrade.
    pub installed: bool,
    /// The hooks that run before and after everything is deleted, as they were applied last. Manifests are not at
    /// hand any more when that time comes.
    pub deletion_hooks: Vec<Object>,
}

/// The inventory of one application.
#[derive(Debug)]
pub(crate) struct Store {
    cluster: Cluster,
    application: Application,
    secrets: Resource,
    /// The version that was read or written last; empty when nothing is stored.
    version: String,
    parts: Vec<String>,
    stored: Option<Stored>,
}

impl Store {
    /// Reads what is stored.
    pub(crate) async fn open(cluster: &Cluster, application: &Application) -> Result<Self, Error> {
        let mut store = Self {
            cluster: cluster.clone(),
            application: application.clone(),
            secrets: secrets(),
            version: String::new(),
            parts: Vec::new(),
            stored: None,
        };
        let name = &application.inventory.name;
        let Some(parent) = store.get(name).await? else {
            return Ok(store);
        };
        if text_at(&parent, &["type"]) != TYPE {
            return Err(Error::NotAnInventory(application.inventory.clone()));
        }
        let parts = text_at(&parent, &["metadata", "annotations", PARTS]);
        store.parts = parts
            .split(',')
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let mut shards = vec![store.data(&parent, DATA)?];
        for part in &store.parts {
            let secret = store.get(part).await?;
            let secret = secret.ok_or_else(|| store.damaged(format!("its part {part} is missing")))?;
            shards.push(store.data(&secret, DATA)?);
        }
        let inventory = inventory::decode(&shards).map_err(|error| store.damaged(error))?;
        let hooks = serde_json::from_slice(&store.data(&parent, HOOKS)?).unwrap_or_default();
        let applied = String::from_utf8_lossy(&store.data(&parent, APPLIED)?).into_owned();
        let deletion_hooks =
            read_objects(&store.data(&parent, DELETION_HOOKS)?).map_err(|error| store.damaged(error))?;
        store.stored = Some(Stored {
            inventory,
            hooks,
            // before it was noted, only what was applied in full had a digest
            installed: !applied.is_empty() || !store.data(&parent, INSTALLED)?.is_empty(),
            applied,
            deletion_hooks,
        });
        text_at(&parent, &["metadata", "resourceVersion"]).clone_into(&mut store.version);
        Ok(store)
    }

    /// What is stored; nothing for an application that is new.
    pub(crate) fn stored(&self) -> Option<&Stored> {
        self.stored.as_ref()
    }

    /// Stores this instead, unless it is what is stored.
    pub(crate) async fn save(&mut self, wanted: Stored) -> Result<(), Error> {
        if self.stored.as_ref() == Some(&wanted) {
            return Ok(());
        }
        let mut shards = inventory::encode(&wanted.inventory, PART_SIZE).into_iter();
        let first = shards.next().unwrap_or_default();
        let parts = self.save_parts(shards).await?;
        let parent = self.parent(&wanted, &first, &parts);
        let applied = self.apply(&self.application.inventory.name, &parent).await?;
        text_at(&applied, &["metadata", "resourceVersion"]).clone_into(&mut self.version);
        let old = std::mem::replace(&mut self.parts, parts);
        self.stored = Some(wanted);
        self.delete_parts(&old).await
    }

    /// The names of the Secrets that hold the inventory.
    pub(crate) fn secret_names(&self) -> Vec<String> {
        let mut names = self.parts.clone();
        names.push(self.application.inventory.name.clone());
        names
    }

    /// Removes the inventory itself.
    pub(crate) async fn delete(&mut self) -> Result<(), Error> {
        let parts = std::mem::take(&mut self.parts);
        self.delete_parts(&parts).await?;
        self.delete_secret(&self.application.inventory.name).await?;
        self.stored = None;
        self.version.clear();
        Ok(())
    }

    async fn save_parts(&self, shards: impl Iterator<Item = Vec<u8>>) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for chunk in shards {
            let content = STANDARD.encode(chunk);
            let digest = Digest::of(&Value::from(&*content)).to_string();
            let name = format!("{}-{}", self.application.inventory.name, &digest[..12]);
            let secret = json!({
                "apiVersion": "v1", "kind": "Secret", "type": TYPE,
                "metadata": {"name": name, "namespace": self.application.inventory.namespace},
                "data": {DATA: content},
            });
            self.apply(&name, &secret).await?;
            names.push(name);
        }
        Ok(names)
    }

    async fn delete_parts(&self, names: &[String]) -> Result<(), Error> {
        for name in names.iter().filter(|name| !self.parts.contains(name)) {
            self.delete_secret(name).await?;
        }
        Ok(())
    }

    async fn delete_secret(&self, name: &str) -> Result<(), Error> {
        let Some(secret) = self.get(name).await? else {
            return Ok(());
        };
        let uid = text_at(&secret, &["metadata", "uid"]);
        let namespace = &self.application.inventory.namespace;
        let deleted = self
            .cluster
            .delete(&self.secrets, namespace, name, uid, "Background", false)
            .await;
        deleted.map(drop).map_err(|source| self.failed("delete", source))
    }

    fn parent(&self, wanted: &Stored, first: &[u8], parts: &[String]) -> Value {
        let inventory = &self.application.inventory;
        let tooling = concat!("glops/v", env!("CARGO_PKG_VERSION"));
        let mut annotations = apply_set::annotations(&inventory.parent(), &wanted.inventory, tooling);
        annotations.insert(PARTS, parts.join(","));
        let mut metadata = json!({
            "name": inventory.name, "namespace": inventory.namespace,
            "labels": {apply_set::ID: inventory.apply_set()}, "annotations": annotations,
        });
        if !self.version.is_empty() {
            metadata["resourceVersion"] = Value::from(&*self.version);
        }
        let hooks = serde_json::to_vec(&wanted.hooks).expect("a map of texts");
        let mut data = json!({
            DATA: STANDARD.encode(first), HOOKS: STANDARD.encode(hooks), APPLIED: STANDARD.encode(&wanted.applied),
        });
        if wanted.installed {
            data[INSTALLED] = Value::from(STANDARD.encode("true"));
        }
        if !wanted.deletion_hooks.is_empty() {
            data[DELETION_HOOKS] = Value::from(STANDARD.encode(write_objects(&wanted.deletion_hooks)));
        }
        json!({"apiVersion": "v1", "kind": "Secret", "type": TYPE, "metadata": metadata, "data": data})
    }

    async fn apply(&self, name: &str, secret: &Value) -> Result<Value, Error> {
        match self.apply_once(name, secret).await {
            Err(error) if error.is_code(404) => {
                self.create_namespace()
                    .await
                    .map_err(|source| self.failed("store", source))?;
                self.apply_once(name, secret).await
            }
            result => result,
        }
        .map_err(|source| self.failed("store", source))
    }

    async fn apply_once(&self, name: &str, secret: &Value) -> Result<Value, cluster::Error> {
        let request = ApplyRequest {
            resource: &self.secrets,
            namespace: &self.application.inventory.namespace,
            name,
            intent: secret.to_string().into(),
            manager: self.application.field_manager.as_str(),
            force: true,
            dry_run: false,
        };
        Ok(self.cluster.apply(request).await?.object)
    }

    /// The inventory comes before the first object, so its namespace may have to come before both. With our mark
    /// on it, it can be part of what is desired, too.
    async fn create_namespace(&self) -> Result<(), cluster::Error> {
        let name = &self.application.inventory.namespace;
        let namespace = json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": name, "labels": {PART_OF: self.application.inventory.apply_set()}},
        });
        let resource = Resource {
            gvk: GroupVersionKind::from_api_version("v1", "Namespace"),
            plural: "namespaces".into(),
            namespaced: false,
            listable: true,
        };
        let request = ApplyRequest {
            resource: &resource,
            namespace: "",
            name,
            intent: namespace.to_string().into(),
            manager: self.application.field_manager.as_str(),
            force: false,
            dry_run: false,
        };
        self.cluster.apply(request).await.map(drop)
    }

    async fn get(&self, name: &str) -> Result<Option<Value>, Error> {
        let secret = self
            .cluster
            .get(&self.secrets, &self.application.inventory.namespace, name)
            .await;
        secret.map_err(|source| self.failed("read", source))
    }

    fn data(&self, secret: &Value, name: &str) -> Result<Vec<u8>, Error> {
        let text = text_at(secret, &["data", name]);
        STANDARD.decode(text).map_err(|error| self.damaged(error))
    }

    fn damaged(&self, problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Damaged {
            inventory: self.application.inventory.clone(),
            source: problem.into(),
        }
    }

    fn failed(&self, operation: &'static str, source: cluster::Error) -> Error {
        Error::Cluster {
            operation,
            inventory: self.application.inventory.clone(),
            source: Box::new(source),
        }
    }
}

/// Objects as packed JSON; nothing for none.
fn write_objects(objects: &[Object]) -> Vec<u8> {
    let values: Vec<&Value> = objects.iter().map(Object::value).collect();
    let text = serde_json::to_vec(&values).expect("values are JSON");
    zstd::bulk::compress(&text, zstd::DEFAULT_COMPRESSION_LEVEL).expect("compressing memory does not fail")
}

fn read_objects(packed: &[u8]) -> Result<Vec<Object>, Box<dyn std::error::Error + Send + Sync>> {
    if packed.is_empty() {
        return Ok(Vec::new());
    }
    let text = zstd::bulk::decompress(packed, MAX_UNPACKED)?;
    let values: Vec<Value> = serde_json::from_slice(&text)?;
    let objects = values
        .into_iter()
        .map(|value| Object::new(value, Origin::default()));
    Ok(objects.collect::<Result<_, _>>()?)
}

fn secrets() -> Resource {
    Resource {
        gvk: GroupVersionKind::from_api_version("v1", "Secret"),
        plural: "secrets".into(),
        namespaced: true,
        listable: true,
    }
}
