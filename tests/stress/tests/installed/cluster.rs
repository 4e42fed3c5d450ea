//! A namespace full of ConfigMaps, as Git has it and as the cluster has it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::ListParams;
use testkit::Commit;

/// How long the cluster may take to become equal to Git.
const PATIENCE: Duration = Duration::from_mins(2);

/// Names and versions of the ConfigMaps that ought to be there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State(BTreeMap<String, String>);

impl State {
    /// ConfigMaps `first..first + count`, each of the version `version`.
    pub(crate) fn window(first: usize, count: usize, version: usize) -> Self {
        Self(
            (first..first + count)
                .map(|index| (name(index), version.to_string()))
                .collect(),
        )
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds the ConfigMap `index`, or gives it another version.
    pub(crate) fn set(&mut self, index: usize, version: usize) {
        self.0.insert(name(index), version.to_string());
    }

    /// Gives the `nth` of them another version.
    pub(crate) fn change_nth(&mut self, nth: usize, version: usize) {
        if let Some(there) = self.0.values_mut().nth(nth) {
            *there = version.to_string();
        }
    }

    /// Removes the `nth` of them.
    pub(crate) fn remove_nth(&mut self, nth: usize) {
        if let Some(name) = self.0.keys().nth(nth).cloned() {
            self.0.remove(&name);
        }
    }

    /// A commit with exactly these, in files of fifty.
    pub(crate) fn commit(&self, namespace: &str) -> Commit {
        let maps: Vec<_> = self.0.iter().collect();
        let commit = Commit::new(format!("{} maps", maps.len())).remove("app");
        maps.chunks(50).enumerate().fold(commit, |commit, (number, chunk)| {
            let documents = chunk.iter().map(|(name, version)| {
                format!(
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: {namespace}\n  labels: {{stress: ours}}\n\
                     data:\n  version: \"{version}\"\n"
                )
            });
            commit.write(format!("app/{number}.yaml"), documents.collect::<Vec<_>>().join("---\n"))
        })
    }

    /// What is there now.
    pub(crate) async fn of_cluster(maps: &Api<ConfigMap>) -> Self {
        let list = maps
            .list(&ListParams::default().labels("stress=ours"))
            .await
            .expect("listed");
        let version = |map: &ConfigMap| map.data.as_ref().and_then(|data| data.get("version")).cloned();
        Self(
            list.iter()
                .map(|map| {
                    (
                        map.metadata.name.clone().unwrap_or_default(),
                        version(map).unwrap_or_default(),
                    )
                })
                .collect(),
        )
    }

    /// Waits until the cluster is so; returns how long it took.
    pub(crate) async fn wait_for(&self, maps: &Api<ConfigMap>, words: impl Fn() -> String) -> Duration {
        let begin = Instant::now();
        loop {
            let now = Self::of_cluster(maps).await;
            if now == *self {
                return begin.elapsed();
            }
            let (missing, extra) = (self.without(&now), now.without(self));
            assert!(
                begin.elapsed() < PATIENCE,
                "not equal to Git: {missing} missing, {extra} too many\n{}",
                words()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    fn without(&self, other: &Self) -> usize {
        self.0
            .iter()
            .filter(|(name, version)| other.0.get(*name) != Some(version))
            .count()
    }
}

fn name(index: usize) -> String {
    format!("map-{index:05}")
}
