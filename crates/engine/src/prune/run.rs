use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use manifest::{Object, Origin, ResourceKey};
use tokio_util::sync::CancellationToken;

use super::{Deleter, deleter::Removed};
use crate::{
    change_set::{Action, ChangeSetEntry, Failure, FailureKind, SkipReason},
    order::{Graph, NodeId, Queue, Removal},
    plan::{Change, PlannedChange},
    wait::{Outcome, Waiter},
};

/// How many deletions are under way at most; the connection's own bound is below or at it.
const IN_FLIGHT: usize = 16;

/// What pruning came to.
#[derive(Debug, Default)]
pub(crate) struct Pruned {
    /// One entry per planned deletion.
    pub(crate) entries: Vec<ChangeSetEntry>,
    /// What is still there, or may be: it stays in the inventory.
    pub(crate) remaining: BTreeSet<ResourceKey>,
    /// The UIDs of those among them that go of themselves.
    pub(crate) leaving: BTreeMap<ResourceKey, String>,
}

impl Pruned {
    /// The first object that was to be deleted and could not be.
    pub(crate) fn failed(&self) -> Option<&ResourceKey> {
        let mut entries = self.entries.iter();
        let failed = entries.find(|entry| entry.action == Action::Failed);
        failed.map(|entry| &entry.key)
    }
}

/// Carries out the deletions of a plan. `report` is told of each entry as it is decided; `wait` makes it stay until
/// all of it is gone, where else only what others depend on is waited for.
pub(crate) async fn prune(
    deleter: &Deleter<'_>,
    planned: &[PlannedChange],
    labels: String,
    wait: bool,
    report: impl Fn(&ChangeSetEntry),
    cancel: &CancellationToken,
) -> Pruned {
    let mut run = Run::new(&report);
    let deletions = run.settle_the_rest(deleter, planned).await;
    let objects: HashMap<&ResourceKey, Object> = deletions
        .iter()
        .filter_map(|key| live_object(deleter, key))
        .collect();
    let removals: Vec<Removal<'_>> = deletions
        .iter()
        .map(|key| Removal {
            key,
            live: objects.get(key),
        })
        .collect();
    let graph = Graph::delete(&removals);
    let waiter = Waiter::new(deleter.cluster, labels);
    run.walk(deleter, &graph, waiter, wait, cancel).await;
    run.pruned
}

fn live_object<'a>(deleter: &Deleter<'_>, key: &'a ResourceKey) -> Option<(&'a ResourceKey, Object)> {
    let value = deleter.observed.live.get(key)?.object.clone()?;
    Some((key, Object::new(value, Origin::default()).ok()?))
}

struct Run<'r, R> {
    pruned: Pruned,
    report: &'r R,
}

impl<'r, R: Fn(&ChangeSetEntry)> Run<'r, R> {
    fn new(report: &'r R) -> Self {
        Self {
            pruned: Pruned::default(),
            report,
        }
    }

    fn push(&mut self, entry: ChangeSetEntry) {
        (self.report)(&entry);
        self.pruned.entries.push(entry);
    }

    fn keep(&mut self, entry: ChangeSetEntry) {
        self.pruned.remaining.insert(entry.key.clone());
        self.push(entry);
    }

    /// Everything but the deletions, which are given back.
    async fn settle_the_rest<'p>(
        &mut self,
        deleter: &Deleter<'_>,
        planned: &'p [PlannedChange],
    ) -> Vec<&'p ResourceKey> {
        let mut deletions = Vec::new();
        for PlannedChange { key, change, .. } in planned {
            match change {
                Change::Delete => deletions.push(key),
                Change::Forget => self.push(ChangeSetEntry::new(key.clone(), Action::Deleted)),
                Change::HandOver(to) => {
                    let entry = deleter.hand_over(key, to).await;
                    if entry.action == Action::Failed {
                        self.keep(entry);
                    } else {
                        self.push(entry);
                    }
                }
                Change::Skip(reason @ SkipReason::HandedOver(_)) => {
                    self.push(ChangeSetEntry::skipped(key.clone(), reason.clone()));
                }
                Change::Skip(reason) => self.keep(ChangeSetEntry::skipped(key.clone(), reason.clone())),
                Change::Refuse(failure) => self.keep(ChangeSetEntry::failed(key.clone(), failure.clone())),
                Change::Create | Change::Update | Change::Check | Change::Keep => {}
            }
        }
        deletions
    }

    async fn walk(
        &mut self,
        deleter: &Deleter<'_>,
        graph: &Graph,
        mut waiter: Waiter<NodeId>,
        wait: bool,
        cancel: &CancellationToken,
    ) {
        let mut queue = Queue::new(graph);
        let mut in_flight: FuturesUnordered<BoxFuture<'_, (NodeId, Removed)>> = FuturesUnordered::new();
        let mut cancelled = false;
        loop {
            while !cancelled && in_flight.len() < IN_FLIGHT {
                let Some(id) = queue.pop() else { break };
                let Some(node) = graph.node(id) else { continue };
                in_flight.push(Box::pin(async move { (id, deleter.delete(&node.key).await) }));
            }
            self.skip(graph, &mut queue);
            if in_flight.is_empty() && (cancelled || waiter.is_idle()) {
                break;
            }
            tokio::select! {
                Some((id, removed)) = in_flight.next() => self.settle(id, removed, &mut queue, &mut waiter, wait),
                (id, outcome) = waiter.next(), if !waiter.is_idle() => self.waited(id, outcome, graph, &mut queue),
                () = cancel.cancelled(), if !cancelled => cancelled = true,
            }
        }
        self.leave_the_rest(graph);
    }

    fn settle(
        &mut self,
        id: NodeId,
        removed: Removed,
        queue: &mut Queue<'_>,
        waiter: &mut Waiter<NodeId>,
        wait: bool,
    ) {
        let Removed { entry, pending } = removed;
        match (entry.action, pending) {
            (Action::Deleted, None) => {
                queue.ready(id);
                self.push(entry);
            }
            (Action::Deleted, Some(subject)) => {
                queue.applied(id);
                self.pruned.leaving.insert(entry.key.clone(), subject.uid.clone());
                if wait || queue.is_awaited(id) {
                    waiter.add(id, subject);
                }
                // it leaves the inventory when it is seen to be gone, here or later
                self.keep(entry);
            }
            _ => {
                queue.failed(id);
                self.keep(entry);
            }
        }
    }

    fn waited(&mut self, id: NodeId, outcome: Outcome, graph: &Graph, queue: &mut Queue<'_>) {
        let Some(node) = graph.node(id) else { return };
        match outcome {
            Outcome::Reached => {
                self.pruned.remaining.remove(&node.key);
                self.pruned.leaving.remove(&node.key);
                queue.ready(id);
            }
            Outcome::Failed(message) | Outcome::TimedOut(message) => {
                queue.failed(id);
                if let Some(entry) = self.pruned.entries.iter_mut().find(|entry| entry.key == node.key) {
                    entry.action = Action::Failed;
                    entry.error = Some(Failure {
                        message: format!("failed to delete {}: it does not go away: {message}", node.key),
                        kind: FailureKind::Timeout,
                    });
                    (self.report)(entry);
                }
            }
        }
    }

    fn skip(&mut self, graph: &Graph, queue: &mut Queue<'_>) {
        for skipped in queue.take_skipped() {
            if let (Some(node), Some(because)) = (graph.node(skipped.node), graph.node(skipped.because)) {
                let reason = SkipReason::StillUsedBy(because.key.clone());
                self.keep(ChangeSetEntry::skipped(node.key.clone(), reason));
            }
        }
    }

    /// What had no turn, since the sync was cancelled.
    fn leave_the_rest(&mut self, graph: &Graph) {
        let decided: BTreeSet<ResourceKey> = self
            .pruned
            .entries
            .iter()
            .map(|entry| entry.key.clone())
            .collect();
        for (_, node) in graph.nodes() {
            if !decided.contains(&node.key) {
                self.keep(ChangeSetEntry::skipped(node.key.clone(), SkipReason::Cancelled));
            }
        }
    }
}
