use manifest::ResourceKey;

use crate::{
    Application, Cluster, Desired, SyncError, SyncOptions,
    observe::{Targets, observe},
    ownership::Owner,
    store::Store,
    wait::{Status, Verdict},
};

/// How one object of an application is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectStatus {
    /// The object.
    pub key: ResourceKey,
    /// Its health.
    pub verdict: Verdict,
    /// Whether it still carries the mark of the application.
    pub is_ours: bool,
}

/// How everything that an application has applied is doing, sorted by key; `None` when it has applied nothing.
pub async fn status(
    cluster: &Cluster,
    application: &Application,
) -> Result<Option<Vec<ObjectStatus>>, SyncError> {
    let store = Store::open(cluster, application).await?;
    let Some(stored) = store.stored() else {
        return Ok(None);
    };
    let apply_set = application.inventory.apply_set();
    let targets = Targets::resolve(cluster, &Desired::default(), &apply_set).await?;
    let manager = application.field_manager.as_str();
    let observed = observe(
        cluster,
        &targets,
        &stored.inventory,
        (manager, &apply_set),
        &SyncOptions::default(),
    )
    .await?;
    let statuses = stored.inventory.keys().map(|key| {
        let live = observed.live.get(key);
        let unreadable = observed.unreadable.get(&key.group_kind());
        let verdict = live
            .and_then(|live| live.verdict.clone())
            .unwrap_or_else(|| match unreadable {
                Some(reason) => Verdict::new(Status::Unknown, reason),
                None => Verdict::new(Status::NotFound, "Resource not found"),
            });
        ObjectStatus {
            key: key.clone(),
            verdict,
            is_ours: live.is_none_or(|live| live.owner == Owner::Ours),
        }
    });
    Ok(Some(statuses.collect()))
}
