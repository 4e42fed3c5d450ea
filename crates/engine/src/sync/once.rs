use tokio_util::sync::CancellationToken;

use super::{Error, Session, doomed};
use crate::{
    Application, ChangeSet, Cluster, Desired, Event, Events, SyncOptions,
    event::{Phase, Progress},
    observe::{Targets, look_into, observe},
    store::Store,
};

/// Makes the cluster equal to what is desired, once, knowing nothing of it beforehand.
///
/// What concerns single objects is in the change set, also when it failed; an error is what stopped the whole.
/// After `cancel`, no further write begins, and what is under way is finished and recorded.
pub async fn sync(
    cluster: &Cluster,
    application: &Application,
    desired: &Desired,
    options: &SyncOptions,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<ChangeSet, Error> {
    let before = cluster.requests().total();
    let apply_set = application.inventory.apply_set();
    let progress = |phase, progress| events.send(|| Event::ActionGroup { phase, progress });
    events.send(|| Event::Init {
        revision: desired.revision.clone(),
        objects: desired.objects.len(),
    });
    progress(Phase::Observe, Progress::Started);
    let store = async { Store::open(cluster, application).await.map_err(Error::from) };
    let targets = async {
        Targets::resolve(cluster, desired, &apply_set)
            .await
            .map_err(Error::from)
    };
    let (mut store, targets) = tokio::try_join!(store, targets)?;
    let recorded = store
        .stored()
        .map(|stored| stored.inventory.clone())
        .unwrap_or_default();
    let manager = application.field_manager.as_str();
    let mut observed = observe(cluster, &targets, &recorded, (manager, &apply_set), options).await?;
    let doomed = doomed(application, &targets, &recorded, &observed, options, false);
    look_into(cluster, &doomed, &apply_set, &[], &mut observed).await?;
    progress(Phase::Observe, Progress::Finished);
    let session = Session {
        cluster,
        application,
        apply_set: &apply_set,
        options,
        events,
        cancel,
        targets: &targets,
        observed: &observed,
    };
    let mut change_set = session.run(desired, &mut store).await?.change_set;
    change_set.requests = cluster.requests().total() - before;
    Ok(change_set)
}
