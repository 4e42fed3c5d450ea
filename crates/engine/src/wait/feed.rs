use std::{collections::HashSet, time::Duration};

use futures::StreamExt as _;
use manifest::ResourceKey;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::{Verdict, completion, verdict};
use crate::{
    cluster::{Cluster, ListScope, Resource, WatchError, WatchEvent},
    observe::text_at,
};

const RETRY: Duration = Duration::from_secs(1);

/// What a watch has told of the objects of one kind.
#[derive(Debug)]
pub(super) enum Report {
    /// An object is as described.
    Seen(ResourceKey, Sight),
    /// An object with this UID is gone.
    Gone(ResourceKey, String),
    /// These are all there are; what is not among them is gone.
    All(Resource, HashSet<ResourceKey>),
    /// The kind may not be watched across namespaces.
    Forbidden(Resource),
}

/// What is remembered of an object.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub(super) uid: String,
    pub(super) version: u64,
    pub(super) verdict: Verdict,
    pub(super) completion: Option<Result<(), String>>,
}

impl Sight {
    pub(super) fn of(object: &Value) -> Self {
        Self {
            uid: text_at(object, &["metadata", "uid"]).to_owned(),
            version: version(text_at(object, &["metadata", "resourceVersion"])),
            verdict: verdict(object),
            completion: completion(object),
        }
    }
}

/// Versions grow; one that is no number counts as the oldest.
pub(super) fn version(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

/// Where a watch looks.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    pub(super) resource: Resource,
    /// Empty for all.
    pub(super) namespace: String,
    pub(super) labels: String,
}

/// Watches until nobody listens any more.
pub(super) async fn run(cluster: Cluster, scope: Scope, mut from: String, reports: UnboundedSender<Report>) {
    while !reports.is_closed() {
        match follow(&cluster, &scope, &mut from, &reports).await {
            Ok(()) => {}
            Err(WatchError::Expired) => match list(&cluster, &scope, &reports).await {
                Some(version) => from = version,
                None => tokio::time::sleep(RETRY).await,
            },
            Err(WatchError::Failed(error)) if error.is_code(403) && scope.namespace.is_empty() => {
                send(&reports, Report::Forbidden(scope.resource));
                return;
            }
            Err(WatchError::Failed(_)) => tokio::time::sleep(RETRY).await,
        }
    }
}

async fn follow(
    cluster: &Cluster,
    scope: &Scope,
    from: &mut String,
    reports: &UnboundedSender<Report>,
) -> Result<(), WatchError> {
    let watch = cluster
        .watch(&scope.resource, &scope.namespace, &scope.labels, from, false)
        .await?;
    futures::pin_mut!(watch);
    while let Some(event) = watch.next().await {
        match event? {
            WatchEvent::Applied(object) => {
                text_at(&object, &["metadata", "resourceVersion"]).clone_into(from);
                send(
                    reports,
                    Report::Seen(key_of(&scope.resource, &object), Sight::of(&object)),
                );
            }
            WatchEvent::Deleted(object) => {
                text_at(&object, &["metadata", "resourceVersion"]).clone_into(from);
                let uid = text_at(&object, &["metadata", "uid"]).to_owned();
                send(reports, Report::Gone(key_of(&scope.resource, &object), uid));
            }
            WatchEvent::Bookmark { resource_version, .. } => *from = resource_version,
        }
        if reports.is_closed() {
            return Ok(());
        }
    }
    Ok(())
}

async fn list(cluster: &Cluster, scope: &Scope, reports: &UnboundedSender<Report>) -> Option<String> {
    let wanted = ListScope {
        namespace: &scope.namespace,
        labels: &scope.labels,
        metadata_only: false,
    };
    let listed = cluster.list(&scope.resource, wanted).await.ok()?;
    let mut keys = HashSet::new();
    for object in &listed.items {
        let key = key_of(&scope.resource, object);
        keys.insert(key.clone());
        send(reports, Report::Seen(key, Sight::of(object)));
    }
    send(reports, Report::All(scope.resource.clone(), keys));
    Some(listed.resource_version)
}

fn send(reports: &UnboundedSender<Report>, report: Report) {
    // a waiter that has gone ends the loop of its own
    drop(reports.send(report));
}

fn key_of(resource: &Resource, object: &Value) -> ResourceKey {
    resource.key(
        text_at(object, &["metadata", "namespace"]),
        text_at(object, &["metadata", "name"]),
    )
}
