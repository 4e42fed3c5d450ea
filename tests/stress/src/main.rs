//! Syncs one revision and ends; its tests kill it on the way.

use std::{env, error::Error};

use engine::{Application, Cluster, Events, PruneOptions, SyncOptions};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // built beside other programs, two providers may be compiled in; the one that is set first is used
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [namespace, revision, count] = arguments.as_slice() else {
        return Err("expected a namespace, a revision and a count".into());
    };
    let desired = suite_stress::desired(namespace, revision.parse()?, count.parse()?);
    let cluster = Cluster::connect(kube::Config::infer().await?)?;
    let application = Application::new(suite_stress::inventory(namespace));
    let options = SyncOptions {
        prune: PruneOptions {
            max_share: 1.0,
            ..PruneOptions::default()
        },
        ..SyncOptions::default()
    };
    let cancel = CancellationToken::new();
    let result = engine::sync(
        &cluster,
        &application,
        &desired,
        &options,
        &Events::none(),
        &cancel,
    )
    .await?;
    if result.is_complete() {
        Ok(())
    } else {
        Err("the sync is not complete".into())
    }
}
