use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use http::Method;
use manifest::{GroupKind, GroupVersionKind};
use serde::Deserialize;

use super::{
    Error, Resource,
    transport::{Call, Transport, Verb},
};

/// Aggregated discovery in its stable and its beta form; a server that knows neither answers in the old one.
const ACCEPT: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
     application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

/// What a cluster serves: which kinds, in which versions, under which paths.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// Per group and kind, the preferred version first.
    kinds: HashMap<GroupKind, Vec<Resource>>,
    /// `group/version` of what is registered, but whose server does not tell what it serves.
    unavailable: BTreeSet<String>,
}

impl Discovery {
    /// A discovery of these resources; of one kind, the preferred version comes first.
    pub fn new(resources: impl IntoIterator<Item = Resource>) -> Self {
        let mut discovery = Self::default();
        for resource in resources {
            discovery
                .kinds
                .entry(resource.gvk.group_kind())
                .or_default()
                .push(resource);
        }
        discovery
    }

    /// The resource of exactly this version.
    pub fn resource(&self, gvk: &GroupVersionKind) -> Option<&Resource> {
        self.kinds
            .get(&gvk.group_kind())?
            .iter()
            .find(|resource| resource.gvk.version == gvk.version)
    }

    /// The resource of the version that the server prefers.
    pub fn preferred(&self, kind: &GroupKind) -> Option<&Resource> {
        self.kinds.get(kind)?.first()
    }

    /// The versions of a kind, the preferred one first: `apps/v1`.
    pub fn versions(&self, kind: &GroupKind) -> Vec<String> {
        let resources = self.kinds.get(kind).into_iter().flatten();
        resources.map(|resource| resource.gvk.api_version()).collect()
    }

    /// All resources, each kind in its preferred version, in no order.
    pub fn all(&self) -> impl Iterator<Item = &Resource> {
        self.kinds.values().filter_map(|versions| versions.first())
    }

    /// Whether this group is registered, and its server did not answer: what it serves is not all that there is.
    pub fn is_unavailable(&self, group: &str) -> bool {
        let mut groups = self
            .unavailable
            .iter()
            .filter_map(|version| version.split_once('/'));
        groups.any(|(unavailable, _)| unavailable == group)
    }

    /// The registered versions of groups whose servers did not answer: `metrics.k8s.io/v1beta1`.
    pub(super) fn unavailable(&self) -> impl Iterator<Item = &str> {
        self.unavailable.iter().map(String::as_str)
    }

    /// All resources in all their versions, in no order.
    pub(super) fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.kinds.values().flatten()
    }

    pub(super) async fn fetch(transport: &Transport) -> Result<Self, Error> {
        let (core, groups) =
            futures::try_join!(fetch_root(transport, "/api"), fetch_root(transport, "/apis"))?;
        let mut discovery = Self::new(core.resources.into_iter().chain(groups.resources));
        discovery.unavailable = groups.unavailable;
        Ok(discovery)
    }
}

#[derive(Default)]
struct Found {
    resources: Vec<Resource>,
    unavailable: BTreeSet<String>,
}

async fn fetch_root(transport: &Transport, root: &str) -> Result<Found, Error> {
    let answer: Root = get(transport, root).await?;
    if answer.kind == "APIGroupDiscoveryList" {
        return Ok(Found {
            unavailable: answer.items.iter().flat_map(GroupDiscovery::stale).collect(),
            resources: answer
                .items
                .into_iter()
                .flat_map(GroupDiscovery::resources)
                .collect(),
        });
    }
    let core = answer
        .versions
        .into_iter()
        .map(|version| ("/api".to_owned(), version));
    let named = answer
        .groups
        .into_iter()
        .flat_map(|group| group.versions)
        .map(|version| ("/apis".to_owned(), version.group_version));
    let lists = core.chain(named).map(|(root, version)| async move {
        let resources = fetch_version(transport, root, &version).await;
        (version, resources)
    });
    let mut found = Found::default();
    for (version, resources) in futures::future::join_all(lists).await {
        // an extension server that is down must not hide what the others serve
        match resources {
            Ok(resources) => found.resources.extend(resources),
            Err(_) => drop(found.unavailable.insert(version)),
        }
    }
    Ok(found)
}

async fn fetch_version(transport: &Transport, root: String, version: &str) -> Result<Vec<Resource>, Error> {
    let list: ResourceList = get(transport, &format!("{root}/{version}")).await?;
    let resource = |entry: ResourceEntry| Resource {
        gvk: GroupVersionKind::from_api_version(version, &entry.kind),
        plural: entry.name,
        namespaced: entry.namespaced,
        listable: is_listable(&entry.verbs),
    };
    let entries = list
        .resources
        .into_iter()
        .filter(|entry| !entry.name.contains('/'));
    Ok(entries.map(resource).collect())
}

pub(super) async fn get<T: serde::de::DeserializeOwned>(
    transport: &Transport,
    path: &str,
) -> Result<T, Error> {
    let call = Call {
        operation: &|| format!("discover what the cluster serves under {path}"),
        verb: Verb::Discovery,
        method: Method::GET,
        path,
        accept: ACCEPT,
        content_type: None,
        body: Bytes::new(),
    };
    transport.read(&call).await
}

fn is_listable(verbs: &[String]) -> bool {
    ["list", "watch"]
        .iter()
        .all(|wanted| verbs.iter().any(|verb| verb == wanted))
}

/// Either an `APIGroupDiscoveryList`, or an `APIVersions` or `APIGroupList` of an older server.
#[derive(Deserialize)]
struct Root {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    items: Vec<GroupDiscovery>,
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    versions: Vec<GroupVersion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupVersion {
    group_version: String,
}

#[derive(Deserialize)]
struct ResourceList {
    resources: Vec<ResourceEntry>,
}

#[derive(Deserialize)]
struct ResourceEntry {
    name: String,
    kind: String,
    namespaced: bool,
    verbs: Vec<String>,
}

#[derive(Deserialize)]
struct GroupDiscovery {
    #[serde(default)]
    metadata: Name,
    #[serde(default)]
    versions: Vec<VersionDiscovery>,
}

#[derive(Default, Deserialize)]
struct Name {
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct VersionDiscovery {
    version: String,
    /// `Stale` when the server of this version could not be asked.
    #[serde(default)]
    freshness: String,
    #[serde(default)]
    resources: Vec<ResourceDiscovery>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResourceDiscovery {
    resource: String,
    #[serde(default)]
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    verbs: Vec<String>,
}

#[derive(Deserialize)]
struct ResponseKind {
    #[serde(default)]
    kind: String,
}

impl GroupDiscovery {
    /// `group/version` of what could not be asked.
    fn stale(&self) -> impl Iterator<Item = String> {
        let stale = self
            .versions
            .iter()
            .filter(|version| version.freshness == "Stale");
        stale.map(|version| format!("{}/{}", self.metadata.name, version.version))
    }

    fn resources(self) -> impl Iterator<Item = Resource> {
        let group = self.metadata.name;
        self.versions.into_iter().flat_map(move |version| {
            let group = group.clone();
            version.resources.into_iter().filter_map(move |entry| {
                Some(Resource {
                    gvk: GroupVersionKind {
                        group: group.clone(),
                        version: version.version.clone(),
                        kind: entry.response_kind?.kind,
                    },
                    plural: entry.resource,
                    namespaced: entry.scope == "Namespaced",
                    listable: is_listable(&entry.verbs),
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_which_versions_could_not_be_asked() {
        let body = r#"{"kind":"APIGroupDiscoveryList","items":[
            {"metadata":{"name":"up.example.com"},"versions":[{"version":"v1","freshness":"Current"}]},
            {"metadata":{"name":"down.example.com"},"versions":[{"version":"v1","freshness":"Stale"}]}]}"#;
        let root: Root = serde_json::from_str(body).unwrap();
        let discovery = Discovery {
            unavailable: root.items.iter().flat_map(GroupDiscovery::stale).collect(),
            ..Discovery::default()
        };
        let unavailable: Vec<&str> = discovery.unavailable().collect();
        assert_eq!(unavailable, ["down.example.com/v1"]);
        assert!(discovery.is_unavailable("down.example.com") && !discovery.is_unavailable("up.example.com"));
    }

    #[test]
    fn reads_the_aggregated_form() {
        let body = r#"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[
            {"version":"v1","resources":[{"resource":"deployments","scope":"Namespaced","verbs":["get","list","watch"],
              "responseKind":{"group":"","version":"","kind":"Deployment"}}]},
            {"version":"v1beta1","resources":[{"resource":"deployments","scope":"Namespaced","verbs":["get"],
              "responseKind":{"group":"","version":"","kind":"Deployment"}}]}]}]}"#;
        let root: Root = serde_json::from_str(body).unwrap();
        let discovery = Discovery::new(root.items.into_iter().flat_map(GroupDiscovery::resources));
        let preferred = discovery
            .preferred(&GroupKind::new("apps", "Deployment"))
            .unwrap();
        assert_eq!(preferred.gvk.api_version(), "apps/v1");
        assert!(preferred.listable && preferred.namespaced);
        let old = GroupVersionKind::from_api_version("apps/v1beta1", "Deployment");
        assert!(!discovery.resource(&old).unwrap().listable);
    }
}
