use std::collections::VecDeque;

use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use tokio_util::sync::CancellationToken;

use crate::{
    Event, Events,
    apply::{Writer, Written},
    change_set::{ChangeSetEntry, FailureKind, SkipReason},
    order::{DeletePolicy, Graph, Node, NodeId, Phase, Queue},
    ownership::PART_OF,
    plan::{Change, PlannedChange},
    sync::{Deleted, Done, HookRecord},
    wait::Waiter,
};

/// How many writes are under way at most; the connection's own bound is below or at it.
const IN_FLIGHT: usize = 16;

/// Walks the graph of a sync: each object starts as soon as what it depends on allows it.
pub(in crate::sync) struct Execution<'a> {
    pub(super) writer: &'a Writer<'a>,
    pub(super) graph: &'a Graph,
    pub(super) planned: &'a [PlannedChange],
    pub(super) hooks: &'a mut HookRecord,
    pub(super) events: &'a Events,
    pub(super) cancel: &'a CancellationToken,
    /// Wait for all, not only for what others depend on.
    pub(super) wait_for_all: bool,
    pub(super) queue: Queue<'a>,
    pub(super) waiter: Waiter<NodeId>,
    /// What is free to start and has no turn yet.
    pub(super) later: VecDeque<NodeId>,
    pub(super) entries: Vec<Option<ChangeSetEntry>>,
    pub(super) done: Vec<Done>,
    pub(super) deleted: Vec<Deleted>,
}

/// What walking a graph came to.
#[derive(Debug, Default)]
pub(in crate::sync) struct Executed {
    /// One entry per planned change, in their order.
    pub(in crate::sync) entries: Vec<ChangeSetEntry>,
    /// What was written.
    pub(in crate::sync) done: Vec<Done>,
    /// The objects of hooks that were deleted after their run.
    pub(in crate::sync) deleted: Vec<Deleted>,
}

type InFlight<'f> = FuturesUnordered<BoxFuture<'f, (NodeId, Written)>>;

impl<'a> Execution<'a> {
    pub(in crate::sync) fn new(
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
    pub(in crate::sync) async fn run_to(&mut self, last: Phase) {
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
    pub(in crate::sync) fn goes_on(&self) -> bool {
        let later = self.later.front().and_then(|&id| self.graph.node(id));
        later.is_some_and(|first| {
            let mut nodes = self.graph.nodes();
            nodes.any(|(_, node)| node.phase >= first.phase && self.is_to_be_written(node))
        })
    }

    /// What has become of each object so far, in the order of the plan.
    pub(in crate::sync) fn entries(&self) -> &[Option<ChangeSetEntry>] {
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
    pub(in crate::sync) fn finish(mut self, because: &SkipReason) -> Executed {
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
