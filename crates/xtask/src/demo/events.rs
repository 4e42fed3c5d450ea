//! What appears and disappears in the cluster while one looks.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::Value;

use super::narrator;
use super::stage::Stage;

const PAUSE: Duration = Duration::from_millis(100);

/// What is known of an object at one look.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Look {
    state: &'static str,
    uid: String,
}

/// The objects of the shop at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Scene(BTreeMap<String, Look>);

/// Prints objects of the shop as they come, change their state and go, until `done` or two minutes have passed.
pub(super) fn follow(
    stage: &mut Stage,
    before: Scene,
    what: &str,
    done: impl Fn(&mut Stage) -> bool,
) -> Result<Duration> {
    let begin = Instant::now();
    let mut known = before;
    loop {
        let ended = done(stage);
        let now = look(stage);
        tell(&known.0, &now.0, begin);
        known = now;
        if ended {
            return Ok(begin.elapsed());
        }
        if begin.elapsed() > Duration::from_mins(2) {
            bail!("{what} did not happen within two minutes");
        }
        thread::sleep(PAUSE);
    }
}

fn tell(before: &BTreeMap<String, Look>, now: &BTreeMap<String, Look>, begin: Instant) {
    let seconds = begin.elapsed().as_secs_f64();
    for (name, look) in now {
        match before.get(name) {
            None => narrator::output(&format!("{seconds:>5.1} s  + {name} {}", look.state)),
            Some(earlier) if earlier.uid != look.uid => {
                narrator::output(&format!("{seconds:>5.1} s  ± {name} again {}", look.state));
            }
            Some(earlier) if earlier.state != look.state => {
                narrator::output(&format!("{seconds:>5.1} s    {name} {}", look.state));
            }
            Some(_) => {}
        }
    }
    for name in before.keys().filter(|name| !now.contains_key(*name)) {
        narrator::output(&format!("{seconds:>5.1} s  - {name}"));
    }
}

/// What is seen in the namespace is seen after the Namespace: so that one is looked for last.
pub(super) fn look(stage: &Stage) -> Scene {
    let mut objects = ask_at_once(
        stage,
        [
            "get jobs,configmaps,secrets,deployments,services -n shop -o json",
            "get promotions -n shop -o json",
        ],
    );
    objects.extend(ask_at_once(
        stage,
        [
            "get namespaces shop --ignore-not-found -o json",
            "get crd promotions.shop.example.com --ignore-not-found -o json",
        ],
    ));
    Scene(objects.iter().filter_map(describe).collect())
}

fn ask_at_once(stage: &Stage, queries: [&str; 2]) -> Vec<Value> {
    thread::scope(|scope| {
        let answers = queries.map(|query| scope.spawn(move || list(stage, query)));
        answers
            .into_iter()
            .flat_map(|answer| answer.join().unwrap_or_default())
            .collect()
    })
}

/// A kind that the cluster does not know yet has no objects.
fn list(stage: &Stage, query: &str) -> Vec<Value> {
    let arguments: Vec<_> = query.split(' ').collect();
    let Ok(text) = stage.ask("kubectl", &arguments) else {
        return Vec::new();
    };
    let Ok(value) = serde_json::from_str::<Value>(&text) else {
        return Vec::new();
    };
    match value["items"].as_array() {
        Some(items) => items.clone(),
        None => vec![value],
    }
}

fn describe(object: &Value) -> Option<(String, Look)> {
    let (kind, name) = (object["kind"].as_str()?, object["metadata"]["name"].as_str()?);
    if name == "kube-root-ca.crt" {
        return None;
    }
    let condition = |name: &str| {
        let conditions = object["status"]["conditions"].as_array();
        conditions.is_some_and(|all| {
            all.iter()
                .any(|one| one["type"] == name && one["status"] == "True")
        })
    };
    let state = match kind {
        "Deployment" if condition("Available") => "available",
        "Deployment" => "starting",
        "Job" if condition("Complete") => "complete",
        "Job" => "running",
        _ => "",
    };
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
    Some((format!("{kind}/{name}"), Look { state, uid }))
}
