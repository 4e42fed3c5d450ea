use std::collections::BTreeSet;

use manifest::GroupVersionKind;

use crate::{
    Application, Cluster, Desired, InventoryId, SyncError,
    cluster::ListScope,
    inventory::apply_set::ID,
    observe::{Observed, Targets, look_up, text_at},
    ownership::Owner,
};

/// To which application what is live of some objects belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Belonging {
    /// To none: nothing of it is live, or nothing carries the mark of an inventory.
    Nobody,
    /// To this one.
    Application(Application),
    /// To one whose inventory cannot be found, or may not be read; its ApplySet id.
    Hidden(String),
    /// To several; their ApplySet ids.
    Several(Vec<String>),
}

/// Finds the application to which what is live of these objects belongs, by the marks that they carry. Reads
/// metadata alone; `namespaces` are searched when Secrets may not be listed in all.
pub async fn belonging(
    cluster: &Cluster,
    states: &[&Desired],
    namespace: &str,
) -> Result<Belonging, SyncError> {
    let mut marks: BTreeSet<String> = BTreeSet::new();
    let mut namespaces: BTreeSet<String> = BTreeSet::from([namespace.to_owned()]);
    for desired in states {
        let targets = Targets::resolve(cluster, desired, "").await?;
        let mut observed = Observed::default();
        look_up(cluster, &targets, ("", ""), &mut observed).await?;
        for (key, live) in observed.live {
            if let Owner::ApplySet(id) = live.owner {
                marks.insert(id);
                namespaces.insert(key.namespace);
            }
        }
    }
    namespaces.remove("");
    let mut marks = marks.into_iter();
    match (marks.next(), marks.next()) {
        (None, _) => Ok(Belonging::Nobody),
        (Some(id), None) => Ok(match inventory(cluster, &id, &namespaces).await {
            Some(inventory) => Belonging::Application(Application::new(inventory)),
            None => Belonging::Hidden(id),
        }),
        (Some(first), Some(second)) => Ok(Belonging::Several(
            [first, second].into_iter().chain(marks).collect(),
        )),
    }
}

/// The inventory with this ApplySet id; everywhere first, which is one request.
async fn inventory(cluster: &Cluster, id: &str, namespaces: &BTreeSet<String>) -> Option<InventoryId> {
    let secrets = cluster
        .resource(&GroupVersionKind::from_api_version("v1", "Secret"))
        .await
        .ok()?;
    let labels = format!("{ID}={id}");
    for namespace in std::iter::once("").chain(namespaces.iter().map(String::as_str)) {
        let scope = ListScope {
            namespace,
            labels: &labels,
            metadata_only: true,
        };
        // where Secrets may not be listed, there is none to be found
        let Ok(listed) = cluster.list(&secrets, scope).await else {
            continue;
        };
        let found = listed.items.iter().map(|secret| {
            let metadata = |name| text_at(secret, &["metadata", name]);
            InventoryId::new(metadata("namespace"), metadata("name"))
        });
        // the id is a digest of the name: a copy elsewhere is not it
        let found = found.into_iter().find(|inventory| inventory.apply_set() == id);
        if found.is_some() {
            return found;
        }
    }
    None
}
