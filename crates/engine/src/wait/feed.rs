use std::{collections::HashSet, time::Duration};

use futures::StreamExt as _;
use manifest::ResourceKey;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;

use super::{Status, Verdict, completion, verdict};
use crate::{
    cluster::{Cluster, Error, ListScope, Resource, WatchError, WatchEvent},
    observe::text_at,
};

const RETRY: Duration = Duration::from_secs(1);

/// What a watch has told of the objects of one kind.
#[derive(Debug)]
pub(crate) enum Report<S> {
    /// An object is as described.
    Seen(ResourceKey, S),
    /// An object with this UID is gone.
    Gone(ResourceKey, String),
    /// These are all there are; what is not among them is gone.
    All(Scope, HashSet<ResourceKey>),
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
            verdict: departing(object).unwrap_or_else(|| verdict(object)),
            completion: completion(object),
        }
    }
}

/// What keeps an object that is being deleted.
pub(crate) fn departing(object: &Value) -> Option<Verdict> {
    object.pointer("/metadata/deletionTimestamp")?;
    let finalizers = object.pointer("/metadata/finalizers")?.as_array()?;
    let names: Vec<&str> = finalizers.iter().filter_map(Value::as_str).collect();
    (!names.is_empty()).then(|| {
        Verdict::new(
            Status::Terminating,
            format!("finalizers remain: {}", names.join(", ")),
        )
    })
}

/// Versions grow; one that is no number counts as the oldest.
pub(crate) fn version(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

/// Where a watch looks.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) resource: Resource,
    /// Empty for all.
    pub(crate) namespace: String,
    pub(crate) labels: String,
}

impl Scope {
    /// Whether a watch here tells of this object.
    pub(crate) fn covers(&self, resource: &Resource, key: &ResourceKey) -> bool {
        self.resource == *resource && self.reaches(key)
    }

    /// Whether a list here would hold this object, in whatever version.
    pub(crate) fn holds(&self, key: &ResourceKey) -> bool {
        self.resource.gvk.kind == key.kind && self.resource.gvk.group == key.group && self.reaches(key)
    }

    fn reaches(&self, key: &ResourceKey) -> bool {
        self.namespace.is_empty() || self.namespace == key.namespace
    }
}

/// One watch, and what is kept of each object that it tells of.
pub(crate) struct Feed<S, F> {
    pub(crate) cluster: Cluster,
    pub(crate) scope: Scope,
    pub(crate) summarise: F,
    pub(crate) reports: UnboundedSender<Report<S>>,
}

impl<S, F: Fn(&Value) -> S> Feed<S, F> {
    /// Watches until nobody listens any more; lists first when there is no point in time to start from.
    pub(crate) async fn run(self, mut from: String) {
        while !self.reports.is_closed() {
            let followed = if from.is_empty() {
                Err(WatchError::Expired)
            } else {
                self.follow(&mut from).await
            };
            match followed {
                Ok(()) => {}
                Err(WatchError::Expired) => match self.list().await {
                    Ok(version) => from = version,
                    Err(error) if self.is_forbidden(&error) => {
                        return self.send(Report::Forbidden(self.scope.resource.clone()));
                    }
                    Err(_) => tokio::time::sleep(RETRY).await,
                },
                Err(WatchError::Failed(error)) if self.is_forbidden(&error) => {
                    return self.send(Report::Forbidden(self.scope.resource.clone()));
                }
                Err(WatchError::Failed(_)) => tokio::time::sleep(RETRY).await,
            }
        }
    }

    fn is_forbidden(&self, error: &Error) -> bool {
        error.is_code(403) && self.scope.namespace.is_empty() && self.scope.resource.namespaced
    }

    async fn follow(&self, from: &mut String) -> Result<(), WatchError> {
        let Scope {
            resource,
            namespace,
            labels,
        } = &self.scope;
        let watch = self
            .cluster
            .watch(resource, namespace, labels, from, false)
            .await?;
        futures::pin_mut!(watch);
        loop {
            let event = tokio::select! {
                event = watch.next() => event,
                () = self.reports.closed() => return Ok(()),
            };
            match event {
                None => return Ok(()),
                Some(event) => self.tell(event?, from),
            }
        }
    }

    fn tell(&self, event: WatchEvent, from: &mut String) {
        match event {
            WatchEvent::Applied(object) => {
                text_at(&object, &["metadata", "resourceVersion"]).clone_into(from);
                self.send(Report::Seen(self.key_of(&object), (self.summarise)(&object)));
            }
            WatchEvent::Deleted(object) => {
                text_at(&object, &["metadata", "resourceVersion"]).clone_into(from);
                let uid = text_at(&object, &["metadata", "uid"]).to_owned();
                self.send(Report::Gone(self.key_of(&object), uid));
            }
            WatchEvent::Bookmark { resource_version, .. } => *from = resource_version,
        }
    }

    async fn list(&self) -> Result<String, Error> {
        let wanted = ListScope {
            namespace: &self.scope.namespace,
            labels: &self.scope.labels,
            metadata_only: false,
        };
        let mut keys = HashSet::new();
        let tell = |object: Value| {
            let key = self.key_of(&object);
            keys.insert(key.clone());
            self.send(Report::Seen(key, (self.summarise)(&object)));
        };
        let version = self.cluster.list_each(&self.scope.resource, wanted, tell).await?;
        self.send(Report::All(self.scope.clone(), keys));
        Ok(version)
    }

    fn send(&self, report: Report<S>) {
        // a listener that has gone ends the loop of its own
        drop(self.reports.send(report));
    }

    fn key_of(&self, object: &Value) -> ResourceKey {
        let metadata = |name| text_at(object, &["metadata", name]);
        self.scope.resource.key(metadata("namespace"), metadata("name"))
    }
}
