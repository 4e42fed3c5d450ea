use futures::{Stream, StreamExt as _};
use kube::core::WatchEvent as KubeEvent;
use serde_json::Value;

use super::{Cluster, Error, Refusal, Resource, list::set_type, resource::escape};

/// What a watch tells.
#[derive(Debug)]
pub enum WatchEvent {
    /// An object is new or was changed.
    Applied(Value),
    /// An object was deleted; its last state.
    Deleted(Value),
    /// The watch has come to this point in time.
    Bookmark {
        /// Where a watch can go on.
        resource_version: String,
        /// Whether all that existed when the watch began has been told.
        initial_events_end: bool,
    },
}

/// Why a watch ended.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The point in time it was to start from is no longer known: list again.
    #[error("the watch has fallen behind")]
    Expired,
    /// The connection ended, or the server refused.
    #[error("failed to watch")]
    Failed(#[source] Error),
}

impl Cluster {
    /// Watches objects from a point in time on. The stream ends when the server ends it, after some minutes.
    pub async fn watch(
        &self,
        resource: &Resource,
        namespace: &str,
        labels: &str,
        from: &str,
        metadata_only: bool,
    ) -> Result<impl Stream<Item = Result<WatchEvent, WatchError>> + Send + use<>, WatchError> {
        let mut path = format!(
            "{}?watch=true&allowWatchBookmarks=true&timeoutSeconds=290&resourceVersion={}",
            resource.collection(namespace),
            escape(from)
        );
        if !labels.is_empty() {
            path.push_str("&labelSelector=");
            path.push_str(&escape(labels));
        }
        let accept = if metadata_only {
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
        } else {
            "application/json"
        };
        let operation = format!("watch {} objects", resource.gvk.group_kind());
        let stream = self.transport().watch(&path, accept).await;
        let stream = stream.map_err(|error| expired_or_failed(&operation, error))?;
        let resource = resource.clone();
        Ok(stream.map(move |event| match event {
            Ok(event) => read(event, &resource, &operation),
            Err(error) => Err(expired_or_failed(&operation, error)),
        }))
    }
}

fn read(event: KubeEvent<Value>, resource: &Resource, operation: &str) -> Result<WatchEvent, WatchError> {
    match event {
        KubeEvent::Added(mut object) | KubeEvent::Modified(mut object) => {
            set_type(&mut object, resource);
            Ok(WatchEvent::Applied(object))
        }
        KubeEvent::Deleted(mut object) => {
            set_type(&mut object, resource);
            Ok(WatchEvent::Deleted(object))
        }
        KubeEvent::Bookmark(bookmark) => Ok(WatchEvent::Bookmark {
            initial_events_end: bookmark
                .metadata
                .annotations
                .contains_key("k8s.io/initial-events-end"),
            resource_version: bookmark.metadata.resource_version,
        }),
        KubeEvent::Error(status) => Err(expired_or_failed(operation, kube::Error::Api(status))),
    }
}

fn expired_or_failed(operation: &str, error: kube::Error) -> WatchError {
    let operation = operation.to_owned();
    match error {
        kube::Error::Api(status) if status.code == 410 => WatchError::Expired,
        kube::Error::Api(status) => WatchError::Failed(Error::Refused {
            operation,
            source: Refusal::new(status.code, &status.reason, &status.message),
        }),
        error => WatchError::Failed(Error::Unreachable {
            operation,
            source: Box::new(error),
        }),
    }
}
