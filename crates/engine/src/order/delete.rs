use manifest::{Object, ResourceKey};

use super::Occasion;
use super::Phase;
use super::builder::Builder;
use super::dialect::kapp::Change;
use super::graph::{Barrier, Graph, NodeId, Reason, Until};
use super::statements::{self, Statements};
use super::subject::Subject;

/// An object that is to be deleted.
#[derive(Clone, Copy, Debug)]
pub struct Removal<'a> {
    /// Its key.
    pub key: &'a ResourceKey,
    /// As it is in the cluster, when that is known: its annotations say more than its key.
    pub live: Option<&'a Object>,
}

impl Graph {
    /// The graph of deletions: what is written last is deleted first, custom resources while their controller
    /// still runs, and a dependency only when what needed it is gone. Here [`Until::Applied`] means that the
    /// deletion was accepted and [`Until::Ready`] that the object is gone.
    pub fn delete(removals: &[Removal<'_>]) -> Self {
        let subjects = removals
            .iter()
            .map(|removal| Subject::named(removal.key, removal.live))
            .collect();
        let statements = removals
            .iter()
            .map(|removal| removal.live.map_or_else(Statements::default, live))
            .collect();
        let mut builder = Builder::new(subjects, statements, &[Phase::Sync]);
        builder.add_implicit_edges();
        builder.add_stated_edges();
        builder.add_positions();
        builder.add_webhooks_last();
        builder.edges = std::mem::take(&mut builder.edges)
            .into_iter()
            .map(super::adjacency::Edge::reversed)
            .collect();
        builder.add_change_rules(Change::Delete);
        builder.add_controllers_last();
        builder.finish()
    }
}

/// What a live object says. Old mistakes and dependencies that are no longer there do not keep it alive, and
/// a hook is deleted like anything else.
fn live(object: &Object) -> Statements {
    let mut statements = statements::read(object, Occasion::Upgrade);
    statements.problems.clear();
    statements.hook = None;
    statements
}

impl Builder<'_> {
    /// Custom resources whose definition is deleted too go before every workload: one of them is likely the
    /// controller that must finalize them.
    fn add_controllers_last(&mut self) {
        let definitions = self.definitions();
        let is_custom = |subject: &Subject<'_>| {
            definitions.contains_key(&(subject.group, Some(subject.kind)))
                || definitions.contains_key(&(subject.group, None))
        };
        let (mut resources, mut workloads): (Vec<NodeId>, Vec<NodeId>) = (Vec::new(), Vec::new());
        for node in self.node_ids() {
            let subject = self.subject(node);
            if is_custom(&subject) {
                resources.push(node);
            } else if is_workload(&subject) {
                workloads.push(node);
            }
        }
        if resources.is_empty() || workloads.is_empty() {
            return;
        }
        let barrier = self.add_barrier(Barrier::CustomResources);
        for resource in resources {
            self.prefers(barrier, resource, Until::Ready, Reason::Finalizers);
        }
        for workload in workloads {
            self.needs(workload, barrier, Until::Ready, Reason::Finalizers);
        }
    }
}

fn is_workload(subject: &Subject<'_>) -> bool {
    matches!(
        (subject.group, subject.kind),
        ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
            | ("", "Pod" | "ReplicationController")
    )
}
