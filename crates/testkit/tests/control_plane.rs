//! The control plane behaves as a cluster does.

use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{ListParams, PostParams};
use serde_json::json;
use testkit::control_plane::rule;
use testkit::{ControlPlane, Options};

async fn eventually(what: &str, mut met: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !met().await {
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn deployment(name: &str, outcome: Option<&str>) -> Deployment {
    let annotations = outcome.map(|outcome| json!({"testkit.glops.dev/outcome": outcome}));
    serde_json::from_value(json!({
        "metadata": {"name": name},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}, "annotations": annotations},
                "spec": {"containers": [{"name": "main", "image": "example.test/main:1"}]},
            },
        },
    }))
    .expect("a valid Deployment")
}

fn config_map(name: &str) -> ConfigMap {
    serde_json::from_value(json!({"metadata": {"name": name}})).expect("a valid ConfigMap")
}

#[tokio::test]
async fn deployments_become_available_and_jobs_complete() {
    let namespace = ControlPlane::shared().namespace("workloads").await;
    let client = namespace.client().await;
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), namespace.name());
    let jobs: Api<Job> = Api::namespaced(client, namespace.name());
    let create = PostParams::default();
    deployments
        .create(&create, &deployment("well", None))
        .await
        .expect("created");
    deployments
        .create(&create, &deployment("ill", Some("unready")))
        .await
        .expect("created");
    for (name, outcome) in [("good", None), ("bad", Some("fail"))] {
        let annotations = outcome.map(|outcome| json!({"testkit.glops.dev/outcome": outcome}));
        let job = json!({
            "metadata": {"name": name},
            "spec": {"backoffLimit": 0, "template": {"metadata": {"annotations": annotations}, "spec": {
                "restartPolicy": "Never",
                "containers": [{"name": "main", "image": "example.test/main:1"}],
            }}},
        });
        jobs.create(&create, &serde_json::from_value(job).expect("a valid Job"))
            .await
            .expect("created");
    }

    let status = async |name: &str| {
        deployments
            .get(name)
            .await
            .expect("found")
            .status
            .unwrap_or_default()
    };
    eventually("both Pods of the Deployment ready", async || {
        status("well").await.ready_replicas == Some(2)
    })
    .await;
    eventually("both Pods running, not ready", async || {
        status("ill").await.unavailable_replicas == Some(2)
    })
    .await;
    let job = async |name: &str| jobs.get(name).await.expect("found").status.unwrap_or_default();
    eventually("the Job complete", async || {
        job("good").await.succeeded == Some(1)
    })
    .await;
    eventually("the Job failed", async || job("bad").await.failed == Some(1)).await;
}

#[tokio::test]
async fn each_test_has_a_namespace_of_its_own() {
    let plane = ControlPlane::shared();
    let (one, other) = (plane.namespace("same").await, plane.namespace("same").await);
    assert_ne!(one.name(), other.name());
}

#[tokio::test]
async fn a_user_may_do_what_was_granted_and_no_more() {
    let plane = ControlPlane::shared();
    let namespace = plane.namespace("rights").await;
    for identity in [
        plane.user("reader").expect("a certificate"),
        plane
            .service_account(namespace.name(), "robot")
            .await
            .expect("a service account"),
    ] {
        plane
            .grant(
                &identity,
                Some(namespace.name()),
                vec![rule("", "configmaps", &["list"])],
            )
            .await
            .expect("granted");
        let maps: Api<ConfigMap> =
            Api::namespaced(identity.client().await.expect("a client"), namespace.name());
        eventually("the grant to be known", async || {
            maps.list(&ListParams::default()).await.is_ok()
        })
        .await;
        let refusal = maps
            .create(&PostParams::default(), &config_map("forbidden"))
            .await;
        assert!(matches!(refusal, Err(kube::Error::Api(status)) if status.code == 403));
    }
}

#[tokio::test]
async fn an_isolated_api_server_counts_requests_and_survives_a_restart() {
    let shared = ControlPlane::shared();
    let plane = shared
        .isolated(&Options::without_controllers())
        .expect("a second API server");
    let namespace = plane.namespace("counted").await;
    let maps: Api<ConfigMap> = Api::namespaced(plane.client().await, namespace.name());

    let before = plane.requests().await.expect("metrics");
    for name in ["a", "b", "c"] {
        maps.create(&PostParams::default(), &config_map(name))
            .await
            .expect("created");
    }
    maps.get("a").await.expect("found");
    let added = plane.requests().await.expect("metrics").since(&before);
    let ours = added.count(|request| request.resource == "configmaps" && request.verb == "POST");
    assert_eq!((ours, added.writes()), (3, 3), "{added:?}");

    plane.kill_api_server().expect("killed");
    assert!(maps.get("a").await.is_err());
    plane.start_api_server_again().expect("started again");
    maps.get("a").await.expect("still there");

    let elsewhere: Api<ConfigMap> = Api::namespaced(shared.client().await, namespace.name());
    assert!(
        elsewhere.get_opt("a").await.expect("asked").is_none(),
        "the prefixes are apart"
    );
}
