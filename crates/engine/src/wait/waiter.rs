use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Duration,
};

use manifest::ResourceKey;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
    time::Instant,
};

use super::{
    Status,
    feed::{Feed, Report, Scope, Sight, version},
};
use crate::cluster::{Cluster, Resource};

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// The object is as desired.
    Healthy,
    /// The object has done its work.
    Complete,
    /// The object is gone.
    Gone,
}

/// An object to wait for.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) resource: Resource,
    pub(crate) key: ResourceKey,
    pub(crate) uid: String,
    /// The version since which it is looked at.
    pub(crate) resource_version: String,
    pub(crate) goal: Goal,
    /// What is known of it beforehand; empty for nothing.
    pub(crate) known: String,
    pub(crate) timeout: Duration,
}

/// How waiting for one object ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Reached,
    Failed(String),
    TimedOut(String),
}

struct Pending<T> {
    token: T,
    subject: Subject,
    deadline: Instant,
    last: String,
}

/// Waits for many objects at once; each ends with the token that it was given.
pub(crate) struct Waiter<T> {
    cluster: Cluster,
    labels: String,
    pending: HashMap<ResourceKey, Pending<T>>,
    deadlines: BTreeSet<(Instant, ResourceKey)>,
    /// What has been told of objects before they were waited for.
    seen: HashMap<ResourceKey, Result<Sight, String>>,
    watched: HashSet<String>,
    /// Kinds that may only be watched in each namespace.
    by_namespace: HashSet<Resource>,
    ended: Vec<(T, Outcome)>,
    sender: UnboundedSender<Report<Sight>>,
    reports: UnboundedReceiver<Report<Sight>>,
    watches: JoinSet<()>,
}

impl<T> Waiter<T> {
    /// A waiter for objects with these labels. Nothing is watched before something is waited for.
    pub(crate) fn new(cluster: &Cluster, labels: String) -> Self {
        let (sender, reports) = unbounded_channel();
        Self {
            cluster: cluster.clone(),
            labels,
            pending: HashMap::new(),
            deadlines: BTreeSet::new(),
            seen: HashMap::new(),
            watched: HashSet::new(),
            by_namespace: HashSet::new(),
            ended: Vec::new(),
            sender,
            reports,
            watches: JoinSet::new(),
        }
    }

    /// Whether nothing is waited for.
    pub(crate) fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.ended.is_empty()
    }

    /// Waits for one more object.
    pub(crate) fn add(&mut self, token: T, subject: Subject) {
        self.watch(&subject);
        let deadline = Instant::now() + subject.timeout;
        let key = subject.key.clone();
        self.deadlines.insert((deadline, key.clone()));
        let last = if subject.known.is_empty() {
            "nothing was heard of it".to_owned()
        } else {
            subject.known.clone()
        };
        let pending = Pending {
            token,
            subject,
            deadline,
            last,
        };
        self.pending.insert(key.clone(), pending);
        if let Some(seen) = self.seen.get(&key).cloned() {
            match seen {
                Ok(sight) => self.look(&key, &sight),
                Err(uid) => self.gone(&key, &uid),
            }
        }
    }

    /// The next one whose waiting ends. Never returns while nothing is waited for.
    pub(crate) async fn next(&mut self) -> (T, Outcome) {
        loop {
            if let Some(ended) = self.ended.pop() {
                return ended;
            }
            let deadline = self.deadlines.first().map(|(deadline, _)| *deadline);
            let time_is_up = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                report = self.reports.recv() => self.take(report.expect("the sender is kept beside")),
                () = time_is_up => self.expire(),
            }
        }
    }

    fn take(&mut self, report: Report<Sight>) {
        match report {
            Report::Seen(key, sight) => {
                self.look(&key, &sight);
                self.seen.insert(key, Ok(sight));
            }
            Report::Gone(key, uid) => {
                self.gone(&key, &uid);
                self.seen.insert(key, Err(uid));
            }
            Report::All(scope, keys) => {
                let missing = self.pending.values().filter(|pending| {
                    scope.covers(&pending.subject.resource, &pending.subject.key)
                        && !keys.contains(&pending.subject.key)
                });
                let missing: Vec<_> = missing
                    .map(|pending| (pending.subject.key.clone(), pending.subject.uid.clone()))
                    .collect();
                for (key, uid) in missing {
                    self.gone(&key, &uid);
                }
            }
            Report::Forbidden(resource) => {
                self.by_namespace.insert(resource);
                let subjects: Vec<_> = self
                    .pending
                    .values()
                    .map(|pending| pending.subject.clone())
                    .collect();
                for subject in &subjects {
                    self.watch(subject);
                }
            }
        }
    }

    fn look(&mut self, key: &ResourceKey, sight: &Sight) {
        let Some(pending) = self.pending.get_mut(key) else {
            return;
        };
        if sight.version < version(&pending.subject.resource_version) {
            return;
        }
        pending.last.clone_from(&sight.verdict.message);
        let outcome = match pending.subject.goal {
            Goal::Gone if sight.uid != pending.subject.uid => Some(Outcome::Reached),
            Goal::Gone => None,
            Goal::Complete => sight.completion.clone().map(|result| match result {
                Ok(()) => Outcome::Reached,
                Err(message) => Outcome::Failed(message),
            }),
            Goal::Healthy => match sight.verdict.status {
                Status::Current => Some(Outcome::Reached),
                Status::Failed => Some(Outcome::Failed(sight.verdict.message.clone())),
                _ => None,
            },
        };
        if let Some(outcome) = outcome {
            self.end(key, outcome);
        }
    }

    fn gone(&mut self, key: &ResourceKey, uid: &str) {
        let Some(pending) = self.pending.get(key).filter(|pending| pending.subject.uid == uid) else {
            return;
        };
        let outcome = match pending.subject.goal {
            Goal::Gone => Outcome::Reached,
            Goal::Healthy | Goal::Complete => Outcome::Failed("it was deleted".to_owned()),
        };
        self.end(key, outcome);
    }

    fn expire(&mut self) {
        let now = Instant::now();
        while let Some((deadline, key)) = self.deadlines.first().cloned() {
            if deadline > now {
                return;
            }
            let last = self.pending.get(&key).map(|pending| pending.last.clone());
            self.end(&key, Outcome::TimedOut(last.unwrap_or_default()));
        }
    }

    fn end(&mut self, key: &ResourceKey, outcome: Outcome) {
        if let Some(pending) = self.pending.remove(key) {
            self.deadlines.remove(&(pending.deadline, key.clone()));
            self.ended.push((pending.token, outcome));
        }
    }

    fn watch(&mut self, subject: &Subject) {
        let namespace = if self.by_namespace.contains(&subject.resource) {
            subject.key.namespace.clone()
        } else {
            String::new()
        };
        if self.watched.insert(subject.resource.collection(&namespace)) {
            let scope = Scope {
                resource: subject.resource.clone(),
                namespace,
                labels: self.labels.clone(),
            };
            let from = subject.resource_version.clone();
            let feed = Feed {
                cluster: self.cluster.clone(),
                scope,
                summarise: Sight::of,
                reports: self.sender.clone(),
            };
            self.watches.spawn(feed.run(from));
        }
    }
}
