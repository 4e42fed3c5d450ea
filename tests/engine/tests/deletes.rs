use engine::{Action, Events};
use suite_engine::Bench;
use tokio_util::sync::CancellationToken;

const TWO: &str = "
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: b}
";

#[tokio::test]
async fn takes_everything_away_and_the_inventory_last() {
    let bench = Bench::new("deletes").await;
    bench.sync(TWO).await;
    let cancel = CancellationToken::new();
    let deleted = engine::delete(
        &bench.cluster,
        &bench.application,
        &bench.options,
        &Events::none(),
        &cancel,
    )
    .await;
    let deleted = deleted.unwrap();
    assert_eq!(deleted.count(Action::Deleted), 2, "{deleted:#?}");
    assert!(bench.live("v1", "ConfigMap", "a").await.is_none());
    assert!(bench.live("v1", "Secret", "web").await.is_none());
}
