use std::time::Duration;

use manifest::ResourceKey;

use crate::{
    cluster::{Cluster, Error, Resource},
    options::Propagation,
    wait::{Goal, Outcome, Subject, Waiter},
};

/// An object that is to go so that another can take its place.
pub(super) struct Doomed<'a> {
    pub(super) resource: &'a Resource,
    pub(super) key: &'a ResourceKey,
    pub(super) uid: &'a str,
    pub(super) resource_version: &'a str,
}

/// Deletes an object and waits until it is gone; the text says why it did not go.
pub(super) async fn delete_and_wait(
    cluster: &Cluster,
    doomed: &Doomed<'_>,
    labels: &str,
    timeout: Duration,
) -> Result<Result<(), String>, Error> {
    let Doomed {
        resource, key, uid, ..
    } = *doomed;
    let propagation = Propagation::Background;
    let deletion = cluster
        .delete(
            resource,
            &key.namespace,
            &key.name,
            uid,
            propagation.as_str(),
            false,
        )
        .await?;
    if deletion.is_gone() {
        return Ok(Ok(()));
    }
    let mut waiter = Waiter::new(cluster, labels.to_owned());
    waiter.add(
        (),
        Subject {
            resource: resource.clone(),
            key: key.clone(),
            uid: uid.to_owned(),
            resource_version: doomed.resource_version.to_owned(),
            goal: Goal::Gone,
            known: String::new(),
            timeout,
        },
    );
    Ok(match waiter.next().await.1 {
        Outcome::Reached => Ok(()),
        Outcome::Failed(message) | Outcome::TimedOut(message) => Err(message),
    })
}
