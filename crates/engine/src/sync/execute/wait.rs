use manifest::ResourceKey;

use super::Execution;
use crate::{
    Event,
    change_set::{Failure, FailureKind},
    cluster::Resource,
    event::WaitOutcome,
    order::{DeletePolicy, Node, NodeId},
    wait::{Goal, Outcome, Status, Subject},
};

impl Execution<'_> {
    pub(super) fn is_awaited(&self, id: NodeId) -> bool {
        self.wait_for_all || self.queue.is_awaited(id)
    }

    pub(super) fn subject(
        &self,
        node: &Node,
        resource: Resource,
        uid: &str,
        version: &str,
        goal: Goal,
    ) -> Subject {
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

    pub(super) fn wait(&mut self, id: NodeId, subject: Subject) {
        let key = subject.key.clone();
        self.events.send(|| Event::Wait {
            key,
            outcome: WaitOutcome::Pending(Status::InProgress),
        });
        self.waiter.add(id, subject);
    }

    /// How waiting ended; the index of a hook's object when that is to be deleted now.
    pub(super) fn waited(&mut self, id: NodeId, outcome: Outcome) -> Option<usize> {
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
