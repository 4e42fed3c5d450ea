//! A server that is busy, away or hung up on, and a sync that is called off.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use engine::{Action, Event, Events, change_set::SkipReason};
use suite_engine::Bench;
use testkit::{ControlPlane, Options, control_plane::Fault};
use tokio_util::sync::CancellationToken;

fn config_maps(count: usize) -> String {
    let mut text = String::new();
    for number in 0..count {
        writeln!(
            text,
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}, namespace: NS}}"
        )
        .expect("a text takes all");
    }
    text
}

async fn through(
    bench: &mut Bench,
    fault: impl Fn(u64) -> Fault + Send + Sync + 'static,
) -> testkit::control_plane::FaultyWay {
    let seen = AtomicU64::new(0);
    let way = ControlPlane::shared()
        .faulty_way(move |_, uri| {
            let is_watch = uri.query().is_some_and(|query| query.contains("watch="));
            if is_watch {
                return Fault::None;
            }
            fault(seen.fetch_add(1, Ordering::Relaxed))
        })
        .await
        .expect("the way is open");
    bench.cluster = suite_engine::connect_as(way.client());
    way
}

#[tokio::test]
async fn a_server_that_has_too_many_requests() {
    let mut bench = Bench::new("busy").await;
    let way = through(&mut bench, |number| match number % 3 {
        0 => Fault::TooMany,
        _ => Fault::None,
    })
    .await;
    let change_set = bench.sync(&config_maps(60)).await;
    assert_eq!(change_set.count(Action::Created), 60, "{change_set:#?}");
    assert!(change_set.is_complete());
    drop(way);
}

#[tokio::test]
async fn connections_that_break() {
    let mut bench = Bench::new("broken").await;
    let way = through(&mut bench, |number| match number % 7 {
        3 => Fault::CutOff,
        5 => Fault::Unavailable,
        _ => Fault::None,
    })
    .await;
    let change_set = bench.sync(&config_maps(60)).await;
    assert!(change_set.is_complete(), "{change_set:#?}");
    for number in [0, 30, 59] {
        assert!(
            bench
                .live("v1", "ConfigMap", &format!("c{number}"))
                .await
                .is_some()
        );
    }
    let again = bench.sync(&config_maps(59)).await;
    assert_eq!(
        (again.count(Action::Unchanged), again.count(Action::Deleted)),
        (59, 1),
        "{again:#?}"
    );
    drop(way);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts() {
    let plane = ControlPlane::shared()
        .isolated(&Options::without_controllers())
        .expect("there is a second API server");
    let bench = Bench::on(&plane, "restart").await;
    let restart = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_millis(300));
        plane
            .restart_api_server(Duration::from_millis(500))
            .expect("it restarts");
        plane
    });
    let change_set = bench.sync(&config_maps(600)).await;
    let plane = restart.await.expect("it restarts");
    assert!(change_set.is_complete(), "{:?}", change_set.failures().next());
    let again = bench.sync(&config_maps(600)).await;
    assert_eq!(again.count(Action::Unchanged), 600);
    drop(plane);
}

#[tokio::test]
async fn a_sync_that_is_called_off() {
    let bench = Bench::new("called-off").await;
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let written = Arc::new(AtomicU64::new(0));
    let count = written.clone();
    let events = Events::to(move |event| {
        if let Event::Apply(entry) = event
            && entry.action == Action::Created
            && count.fetch_add(1, Ordering::Relaxed) == 20
        {
            stop.cancel();
        }
    });
    let desired = bench.desired(&config_maps(300));
    let change_set = engine::sync(
        &bench.cluster,
        &bench.application,
        &desired,
        &bench.options,
        &events,
        &cancel,
    )
    .await
    .expect("the sync ends");
    assert!(change_set.cancelled && !change_set.is_complete());
    let left = change_set
        .entries
        .iter()
        .filter(|entry| entry.reason == Some(SkipReason::Cancelled))
        .count();
    assert_eq!(left + change_set.count(Action::Created), 300);
    assert!(left > 0);
    // nothing of it is lost, nor of what it had not come to
    let pruned = bench.sync(&config_maps(280)).await;
    assert!(pruned.is_complete(), "{pruned:#?}");
    assert_eq!(
        pruned.count(Action::Unchanged) + pruned.count(Action::Created),
        280
    );
    let (statuses, inventory) = (
        engine::status(&bench.cluster, &bench.application).await,
        bench.application.inventory.clone(),
    );
    let statuses = statuses
        .expect("the status is read")
        .expect("something was applied");
    assert_eq!(statuses.len(), 280, "{inventory}");
}
