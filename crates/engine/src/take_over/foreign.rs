use manifest::{InvalidObject, Object, Origin, ResourceKey};

use crate::{
    cluster::{self, Cluster, ListScope, Resource},
    inventory::{
        Inventory,
        import::{self, Source, kapp},
    },
    store,
};

/// The destination that an Argo CD installation calls its own cluster.
const IN_CLUSTER: &str = "https://kubernetes.default.svc";

/// What another tool has applied, as it recorded it.
#[derive(Clone, Debug)]
pub struct ForeignInventory {
    /// The tool.
    pub tool: Source,
    /// The object that is the inventory, or names it.
    pub parent: Object,
    /// The objects.
    pub objects: Inventory,
}

/// Why nothing can be taken over.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no inventory of that name.
    #[error("failed to find {0}: there is none in the cluster")]
    NotFound(ResourceKey),
    /// Its kind is not served.
    #[error("failed to find {0}: the cluster does not serve this kind")]
    NotServed(ResourceKey),
    /// The cluster did not answer, or refused.
    #[error("failed to read the inventory of another tool")]
    Cluster(#[source] Box<cluster::Error>),
    /// What was found is no object.
    #[error("failed to read the inventory of another tool")]
    Object(#[from] InvalidObject),
    /// What was found is no inventory.
    #[error(transparent)]
    Import(#[from] import::Error),
    /// The application deploys to another cluster than the one it is kept in.
    #[error("{application} deploys to another cluster, {destination}")]
    Elsewhere {
        /// The application.
        application: ResourceKey,
        /// The cluster as the application names it.
        destination: String,
    },
    /// Our own inventory could not be read or stored.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<cluster::Error> for Error {
    fn from(source: cluster::Error) -> Self {
        Self::Cluster(Box::new(source))
    }
}

/// Reads the inventory that is kept in the cluster under this key.
pub async fn find(cluster: &Cluster, key: &ResourceKey) -> Result<ForeignInventory, Error> {
    let resource = cluster.preferred(&key.group_kind()).await?;
    let resource = resource.ok_or_else(|| Error::NotServed(key.clone()))?;
    let found = cluster.get(&resource, &key.namespace, &key.name).await?;
    let found = found.ok_or_else(|| Error::NotFound(key.clone()))?;
    let parent = Object::new(found, Origin::default())?;
    if let Some(destination) = destination_elsewhere(&parent) {
        return Err(Error::Elsewhere {
            application: parent.key(),
            destination,
        });
    }
    read(cluster, parent).await
}

/// Reads an inventory from an object that came from anywhere; the cluster is only asked for the members of a kapp
/// application, which does not list them.
pub async fn read(cluster: &Cluster, parent: Object) -> Result<ForeignInventory, Error> {
    let (tool, objects) = if kapp::is_app(&parent) {
        (Source::Kapp, labelled(cluster, &kapp::app(&parent)?).await?)
    } else {
        import::read(&parent)?
    };
    Ok(ForeignInventory {
        tool,
        parent,
        objects,
    })
}

async fn labelled(cluster: &Cluster, app: &kapp::App) -> Result<Inventory, Error> {
    let discovery = cluster.discovery().await?;
    let kinds: Vec<&Resource> = if app.group_kinds.is_empty() {
        discovery.all().filter(|resource| resource.listable).collect()
    } else {
        // a kind that is no longer served has no objects
        let kinds = app.group_kinds.iter();
        kinds.filter_map(|kind| discovery.preferred(kind)).collect()
    };
    let labels = format!("{}={}", app.label, app.id);
    let mut objects = Vec::new();
    for resource in kinds {
        let scope = ListScope {
            labels: &labels,
            metadata_only: true,
            ..ListScope::default()
        };
        for item in cluster.list(resource, scope).await?.items {
            objects.push(Object::new(item, Origin::default())?);
        }
    }
    Ok(kapp::labelled(&objects, app))
}

/// The cluster that an Argo CD Application deploys to, when it is not its own.
fn destination_elsewhere(parent: &Object) -> Option<String> {
    if parent.group() != "argoproj.io" {
        return None;
    }
    let destination = parent.value().pointer("/spec/destination")?;
    let field = |name: &str| destination.get(name)?.as_str().filter(|text| !text.is_empty());
    match (field("server"), field("name")) {
        (Some(server), _) if server != IN_CLUSTER => Some(server.to_owned()),
        (None, Some(name)) if name != "in-cluster" => Some(name.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_application_may_deploy_elsewhere() {
        let elsewhere = |destination| {
            let application = json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                "metadata": {"name": "web"}, "spec": {"destination": destination}});
            destination_elsewhere(&Object::new(application, Origin::default()).unwrap())
        };
        assert_eq!(
            elsewhere(json!({"server": IN_CLUSTER, "namespace": "shop"})),
            None
        );
        assert_eq!(elsewhere(json!({"name": "in-cluster"})), None);
        assert_eq!(elsewhere(json!({"name": "spoke"})).as_deref(), Some("spoke"));
        assert_eq!(
            elsewhere(json!({"server": "https://spoke:6443"})).as_deref(),
            Some("https://spoke:6443")
        );
    }
}
