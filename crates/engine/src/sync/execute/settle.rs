use std::collections::BTreeSet;

use serde_json::Value;

use super::Execution;
use crate::{
    Event,
    apply::Written,
    change_set::{Action, ChangeSetEntry},
    drift::{Drift, DriftKind},
    observe::text_at,
    order::{DeletePolicy, Node, NodeId},
    plan::Change,
    wait::{Goal, Status, completion, verdict},
};

impl Execution<'_> {
    pub(super) fn settle_unwritten(&mut self, id: NodeId, node: &Node) {
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

    /// Takes in what a write came to; the index of a hook's object when that is to be deleted now.
    pub(super) fn settle(&mut self, id: NodeId, written: Written) -> Option<usize> {
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

    /// Deletes the object of a hook that is done with.
    pub(super) async fn clean_up(&mut self, finished: Option<usize>) {
        if let Some(index) = finished {
            self.deleted.extend(self.writer.delete_hook(index).await);
        }
    }

    /// The index of a hook's object that its policy deletes at this end.
    pub(super) fn to_be_deleted(&self, node: &Node, policy: DeletePolicy) -> Option<usize> {
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

    pub(super) fn complete(&mut self, node: &Node) {
        if node.hook.is_some() && !self.writer.dry_run {
            self.hooks
                .complete(&self.planned[node.object].key, &node.phase.to_string());
        }
    }

    pub(super) fn decide(&mut self, index: usize, entry: ChangeSetEntry) {
        self.events.send(|| Event::Apply(entry.clone()));
        self.entries[index] = Some(entry);
    }
}

/// Whether an object that was just written needs no waiting for.
fn is_done(node: &Node, object: &Value) -> bool {
    if node.hook.is_some() {
        matches!(completion(object), Some(Ok(())))
    } else {
        verdict(object).status == Status::Current
    }
}
