use std::collections::{BTreeSet, VecDeque};

use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use manifest::ResourceKey;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{
    finished::{Deleted, Done},
    hooks::HookRecord,
};
use crate::{
    Event, Events,
    apply::{Writer, Written},
    change_set::{Action, ChangeSetEntry, Failure, FailureKind, SkipReason},
    cluster::Resource,
    drift::{Drift, DriftKind},
    event::WaitOutcome,
    observe::text_at,
    order::{DeletePolicy, Graph, Node, NodeId, Phase, Queue},
    ownership::PART_OF,
    plan::{Change, PlannedChange},
    wait::{Goal, Outcome, Status, Subject, Waiter, completion, verdict},
};

/// How many writes are under way at most; the connection's own bound is below or at it.
const IN_FLIGHT: usize = 16;

/// Walks the graph of a sync: each object starts as soon as what it depends on allows it.
pub(super) struct Execution<'a> {
    writer: &'a Writer<'a>,
    graph: &'a Graph,
    planned: &'a [PlannedChange],
    hooks: &'a mut HookRecord,
    events: &'a Events,
    cancel: &'a CancellationToken,
    /// Wait for all, not only for what others depend on.
    wait_for_all: bool,
    queue: Queue<'a>,
    waiter: Waiter<NodeId>,
    /// What is free to start and has no turn yet.
    later: VecDeque<NodeId>,
    entries: Vec<Option<ChangeSetEntry>>,
    done: Vec<Done>,
    deleted: Vec<Deleted>,
}

/// What walking a graph came to.
#[derive(Debug, Default)]
pub(super) struct Executed {
    /// One entry per planned change, in their order.
    pub(super) entries: Vec<ChangeSetEntry>,
    /// What was written.
    pub(super) done: Vec<Done>,
    /// The objects of hooks that were deleted after their run.
    pub(super) deleted: Vec<Deleted>,
}

type InFlight<'f> = FuturesUnordered<BoxFuture<'f, (NodeId, Written)>>;

impl<'a> Execution<'a> {
    pub(super) fn new(
        writer: &'a Writer<'a>,
        graph: &'a Graph,
        planned: &'a [PlannedChange],
        hooks: &'a mut HookRecord,
        events: &'a Events,
        cancel: &'a CancellationToken,
    ) -> Self {
        Self {
            writer,
            graph,
            planned,
            hooks,
            events,
            cancel,
            wait_for_all: writer.options.wait.is_some(),
            queue: Queue::new(graph),
            waiter: Waiter::new(writer.cluster, format!("{PART_OF}={}", writer.apply_set)),
            later: VecDeque::new(),
            entries: vec![None; planned.len()],
            done: Vec::new(),
            deleted: Vec::new(),
        }
    }

    /// Writes everything up to the end of this phase, and waits for what is to be waited for.
    pub(super) async fn run_to(&mut self, last: Phase) {
        let (writer, cancel) = (self.writer, self.cancel);
        let mut in_flight = InFlight::new();
        let mut cancelled = cancel.is_cancelled();
        loop {
            while !cancelled && in_flight.len() < IN_FLIGHT {
                let Some((id, node)) = self.next_to(last) else {
                    break;
                };
                if self.is_to_be_written(node) {
                    in_flight.push(Box::pin(async move {
                        let written = if runs_anew(node) {
                            writer.run_anew(node.object).await
                        } else {
                            writer.write(node.object).await
                        };
                        (id, written)
                    }));
                } else {
                    self.settle_unwritten(id, node);
                }
            }
            self.skip();
            if in_flight.is_empty() && (cancelled || self.waiter.is_idle()) {
                break;
            }
            tokio::select! {
                Some((id, written)) = in_flight.next() => {
                    let finished = self.settle(id, written);
                    self.clean_up(finished).await;
                }
                (id, outcome) = self.waiter.next(), if !self.waiter.is_idle() => {
                    let finished = self.waited(id, outcome);
                    self.clean_up(finished).await;
                }
                () = cancel.cancelled(), if !cancelled => cancelled = true,
            }
        }
    }

    /// Whether anything is to be written after the phases so far.
    pub(super) fn goes_on(&self) -> bool {
        let later = self.later.front().and_then(|&id| self.graph.node(id));
        later.is_some_and(|first| {
            let mut nodes = self.graph.nodes();
            nodes.any(|(_, node)| node.phase >= first.phase && self.is_to_be_written(node))
        })
    }

    /// What has become of each object so far, in the order of the plan.
    pub(super) fn entries(&self) -> &[Option<ChangeSetEntry>] {
        &self.entries
    }

    /// The next node that may start, if its phase has come.
    fn next_to(&mut self, last: Phase) -> Option<(NodeId, &'a Node)> {
        let graph = self.graph;
        let has_come = |id: NodeId| graph.node(id).is_some_and(|node| node.phase <= last);
        if self.later.front().is_some_and(|&id| has_come(id)) {
            let id = self.later.pop_front()?;
            return Some((id, graph.node(id)?));
        }
        while let Some(id) = self.queue.pop() {
            if has_come(id) {
                return Some((id, graph.node(id)?));
            }
            self.later.push_back(id);
        }
        None
    }

    fn is_to_be_written(&self, node: &Node) -> bool {
        let planned = &self.planned[node.object];
        if node.hook.is_some() {
            return !matches!(planned.change, Change::Skip(_) | Change::Refuse(_))
                && self.hooks.is_due(&planned.key, &node.phase.to_string());
        }
        matches!(planned.change, Change::Create | Change::Update | Change::Check)
    }

    fn settle_unwritten(&mut self, id: NodeId, node: &Node) {
        let planned = &self.planned[node.object];
        let live = self.writer.observed.live.get(&planned.key);
        let mut entry = match &planned.change {
            Change::Skip(reason) => ChangeSetEntry::skipped(planned.key.clone(), reason.clone()),
            Change::Refuse(failure) => ChangeSetEntry::failed(planned.key.clone(), failure.clone()),
            _ => ChangeSetEntry::new(planned.key.clone(), Action::Unchanged),
        };
        entry.origin = planned.origin.clone();
        if let Some(live) = live {
            entry.conflicts.clone_from(&live.conflicts);
        }
        let is_refused = matches!(planned.change, Change::Refuse(_));
        self.decide(node.object, entry);
        if is_refused {
            self.queue.failed(id);
            return;
        }
        self.queue.applied(id);
        let (Some(live), None) = (live, &node.hook) else {
            self.queue.ready(id);
            return;
        };
        let is_current = live
            .verdict
            .as_ref()
            .is_none_or(|verdict| verdict.status == Status::Current);
        let resource = self.writer.targets.items[node.object].resource.clone();
        match resource {
            Some(resource) if !is_current && self.is_awaited(id) => {
                let subject = self.subject(node, resource, &live.uid, &live.resource_version, Goal::Healthy);
                self.wait(id, subject);
            }
            _ => self.queue.ready(id),
        }
    }

    /// Deletes the object of a hook that is done with.
    async fn clean_up(&mut self, finished: Option<usize>) {
        if let Some(index) = finished {
            self.deleted.extend(self.writer.delete_hook(index).await);
        }
    }

    /// Takes in what a write came to; the index of a hook's object when that is to be deleted now.
    fn settle(&mut self, id: NodeId, written: Written) -> Option<usize> {
        let Written {
            entry,
            object,
            resource,
        } = written;
        let node = self.graph.node(id)?;
        let conflicts = entry
            .conflicts
            .iter()
            .filter(|conflict| !conflict.taken)
            .cloned()
            .collect();
        if node.hook.is_none() {
            self.tell_drift(&entry);
        }
        self.decide(node.object, entry);
        let (Some(object), Some(resource)) = (object, resource) else {
            self.queue.failed(id);
            return None;
        };
        if !self.writer.dry_run {
            self.done.push(self.writer.done(node.object, &object, conflicts));
        }
        self.queue.applied(id);
        let waits = node
            .hook
            .as_ref()
            .map_or_else(|| self.is_awaited(id), |hook| hook.wait);
        if !waits || self.writer.dry_run || is_done(node, &object) {
            self.complete(node);
            self.queue.ready(id);
            return self.to_be_deleted(node, DeletePolicy::HookSucceeded);
        }
        let goal = if node.hook.is_some() {
            Goal::Complete
        } else {
            Goal::Healthy
        };
        let uid = text_at(&object, &["metadata", "uid"]);
        let version = text_at(&object, &["metadata", "resourceVersion"]);
        let subject = self.subject(node, resource, uid, version, goal);
        self.wait(id, subject);
        None
    }

    /// The index of a hook's object that its policy deletes at this end.
    fn to_be_deleted(&self, node: &Node, policy: DeletePolicy) -> Option<usize> {
        let hook = node.hook.as_ref().filter(|_| !self.writer.dry_run)?;
        hook.delete_policies.contains(&policy).then_some(node.object)
    }

    /// What someone else had changed is reported with who it was and which fields.
    fn tell_drift(&self, entry: &ChangeSetEntry) {
        let Some(live) = self.writer.observed.live.get(&entry.key) else {
            return;
        };
        let is_undone = entry.action == Action::Unchanged && entry.conflicts.is_empty();
        if !self.writer.is_drift(live) || self.writer.dry_run || is_undone {
            return;
        }
        let taken = || entry.conflicts.iter();
        self.events.send(|| {
            Event::Drift(Drift {
                key: entry.key.clone(),
                kind: DriftKind::Changed,
                managers: taken()
                    .map(|conflict| conflict.manager.clone())
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
                fields: taken().map(|conflict| conflict.field.clone()).collect(),
                corrected: entry.action == Action::Configured,
            })
        });
    }

    fn is_awaited(&self, id: NodeId) -> bool {
        self.wait_for_all || self.queue.is_awaited(id)
    }

    fn subject(&self, node: &Node, resource: Resource, uid: &str, version: &str, goal: Goal) -> Subject {
        let options = self.writer.options;
        let timeout = node.hook.as_ref().and_then(|hook| hook.timeout);
        Subject {
            resource,
            key: self.planned[node.object].key.clone(),
            uid: uid.to_owned(),
            resource_version: version.to_owned(),
            goal,
            known: String::new(),
            timeout: timeout.or(options.wait).unwrap_or(options.ready_timeout),
        }
    }

    fn wait(&mut self, id: NodeId, subject: Subject) {
        let key = subject.key.clone();
        self.events.send(|| Event::Wait {
            key,
            outcome: WaitOutcome::Pending(Status::InProgress),
        });
        self.waiter.add(id, subject);
    }

    /// How waiting ended; the index of a hook's object when that is to be deleted now.
    fn waited(&mut self, id: NodeId, outcome: Outcome) -> Option<usize> {
        let node = self.graph.node(id)?;
        let key = self.planned[node.object].key.clone();
        let (event, failure) = match outcome {
            Outcome::Reached => (WaitOutcome::Done, None),
            Outcome::Failed(message) => (
                WaitOutcome::Failed(message.clone()),
                Some(unhealthy(&key, &message, FailureKind::Unhealthy)),
            ),
            Outcome::TimedOut(message) => (
                WaitOutcome::TimedOut(message.clone()),
                Some(unhealthy(&key, &message, FailureKind::Timeout)),
            ),
        };
        self.events.send(|| Event::Wait { key, outcome: event });
        let policy = if failure.is_none() {
            DeletePolicy::HookSucceeded
        } else {
            DeletePolicy::HookFailed
        };
        match failure {
            None => {
                self.complete(node);
                self.queue.ready(id);
            }
            Some(failure) => {
                self.queue.failed(id);
                if let Some(entry) = &mut self.entries[node.object] {
                    entry.error = Some(failure);
                }
            }
        }
        self.to_be_deleted(node, policy)
    }

    fn complete(&mut self, node: &Node) {
        if node.hook.is_some() && !self.writer.dry_run {
            self.hooks
                .complete(&self.planned[node.object].key, &node.phase.to_string());
        }
    }

    fn decide(&mut self, index: usize, entry: ChangeSetEntry) {
        self.events.send(|| Event::Apply(entry.clone()));
        self.entries[index] = Some(entry);
    }

    fn skip(&mut self) {
        for skipped in self.queue.take_skipped() {
            let (Some(node), Some(because)) =
                (self.graph.node(skipped.node), self.graph.node(skipped.because))
            else {
                continue;
            };
            let cause = self.planned[because.object].key.clone();
            let timed_out = self.entries[because.object].as_ref().is_some_and(|entry| {
                entry
                    .error
                    .as_ref()
                    .is_some_and(|error| error.kind == FailureKind::Timeout)
            });
            let reason = if timed_out {
                SkipReason::DependencyNotReady(cause)
            } else {
                SkipReason::DependencyFailed(cause)
            };
            let planned = &self.planned[node.object];
            let mut entry = ChangeSetEntry::skipped(planned.key.clone(), reason);
            entry.origin = planned.origin.clone();
            self.decide(node.object, entry);
        }
    }

    /// The result, with this as the reason of all that had no turn.
    pub(super) fn finish(mut self, because: &SkipReason) -> Executed {
        let planned = self.planned;
        for (entry, planned) in self.entries.iter_mut().zip(planned) {
            if entry.is_none() {
                let mut missing = match &planned.change {
                    Change::Skip(reason) => ChangeSetEntry::skipped(planned.key.clone(), reason.clone()),
                    Change::Refuse(failure) => ChangeSetEntry::failed(planned.key.clone(), failure.clone()),
                    _ => ChangeSetEntry::skipped(planned.key.clone(), because.clone()),
                };
                missing.origin = planned.origin.clone();
                self.events.send(|| Event::Apply(missing.clone()));
                *entry = Some(missing);
            }
        }
        Executed {
            entries: self.entries.into_iter().flatten().collect(),
            done: self.done,
            deleted: self.deleted,
        }
    }
}

/// Whether what an earlier run of a hook has left must go first.
pub(crate) fn runs_anew(node: &Node) -> bool {
    node.hook
        .as_ref()
        .is_some_and(|hook| hook.delete_policies.contains(&DeletePolicy::BeforeHookCreation))
}

/// Whether an object that was just written needs no waiting for.
fn is_done(node: &Node, object: &Value) -> bool {
    if node.hook.is_some() {
        matches!(completion(object), Some(Ok(())))
    } else {
        verdict(object).status == Status::Current
    }
}

fn unhealthy(key: &ResourceKey, message: &str, kind: FailureKind) -> Failure {
    let what = if kind == FailureKind::Timeout {
        "in time "
    } else {
        ""
    };
    Failure {
        message: format!("failed to wait for {key}: not healthy {what}({message})"),
        kind,
    }
}
