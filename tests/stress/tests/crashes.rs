use std::{
    collections::BTreeSet,
    env,
    process::{Child, Command},
    thread,
    time::Duration,
};

use engine::{
    Cluster,
    cluster::{ClusterOptions, ListScope, Resource},
};
use manifest::GroupVersionKind;
use rand::RngExt as _;
use testkit::ControlPlane;

/// How often the process is killed, unless the environment says otherwise.
const CRASHES: usize = 8;
const OBJECTS: usize = 100;

fn setting(name: &str, default: usize) -> usize {
    env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

fn start(plane: &ControlPlane, namespace: &str, revision: usize, count: usize) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sync-once"))
        .args([namespace, &revision.to_string(), &count.to_string()])
        .env("KUBECONFIG", plane.kubeconfig())
        .spawn()
        .expect("the program starts")
}

async fn config_maps(cluster: &Cluster, namespace: &str) -> Vec<serde_json::Value> {
    let resource = Resource {
        gvk: GroupVersionKind::from_api_version("v1", "ConfigMap"),
        plural: "configmaps".into(),
        namespaced: true,
        listable: true,
    };
    let scope = ListScope {
        namespace,
        ..ListScope::default()
    };
    cluster
        .list(&resource, scope)
        .await
        .expect("they can be listed")
        .items
}

/// Whenever it is killed, the next run makes the cluster equal to what is desired: nothing is left over, and what is
/// not ours is not touched.
#[tokio::test]
async fn a_killed_sync_leaves_nothing_behind() {
    let plane = ControlPlane::shared();
    let test = plane.namespace("crashes").await;
    let namespace = test.name();
    let (crashes, objects) = (
        setting("GLOPS_STRESS_CRASHES", CRASHES),
        setting("GLOPS_STRESS_OBJECTS", OBJECTS),
    );
    let cluster = Cluster::with_client(plane.client().await, ClusterOptions::default());
    let foreign = config_maps(&cluster, namespace).await;
    for revision in 0..crashes {
        let mut child = start(plane, namespace, revision, objects);
        thread::sleep(Duration::from_millis(rand::rng().random_range(5..400)));
        child.kill().expect("it can be killed");
        child.wait().expect("it has ended");
    }
    let ended = start(plane, namespace, crashes, objects)
        .wait()
        .expect("it has ended");
    assert!(ended.success());
    let live = config_maps(&cluster, namespace).await;
    let name =
        |object: &serde_json::Value| object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let mut expected: BTreeSet<String> = suite_stress::names(crashes, objects).into_iter().collect();
    expected.extend(foreign.iter().map(name));
    assert_eq!(live.iter().map(name).collect::<BTreeSet<_>>(), expected);
    for object in &foreign {
        assert!(live.contains(object), "{} was touched", name(object));
    }
}
