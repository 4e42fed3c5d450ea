use std::collections::{BTreeMap, HashSet};

use manifest::ResourceKey;

use super::Session;
use crate::{
    Application, Desired, Event, SyncOptions,
    change_set::{Failure, FailureKind, Notice, SkipReason},
    inventory::Inventory,
    observe::{Observed, Targets},
    order::Graph,
    plan::{Change, Plan, PlannedChange, PruneInput, doomed_namespaces, plan_applies, plan_deletions},
    store::Stored,
    sync::HookRecord,
};

/// The namespaces that a sync is to delete, unless they hold what is not ours.
pub(crate) fn doomed(
    application: &Application,
    targets: &Targets,
    recorded: &Inventory,
    observed: &Observed,
    options: &SyncOptions,
    unconfirmed: bool,
) -> Vec<String> {
    if !recorded.keys().any(|key| key.kind == "Namespace") {
        return Vec::new();
    }
    let desired: HashSet<&ResourceKey> = targets.keys().collect();
    let input = PruneInput {
        application,
        inventory: recorded,
        desired: &desired,
        is_incomplete: false,
        observed,
        options,
    };
    doomed_namespaces(&input, unconfirmed)
}

impl Session<'_> {
    /// What there is to do, decided from what was observed.
    pub(crate) fn plan(&self, desired: &Desired, stored: &Stored, graph: &Graph) -> Plan {
        let mut applies = plan_applies(
            self.targets,
            self.observed,
            self.options,
            self.was_applied(stored),
        );
        for &index in graph.idle() {
            applies[index].change = Change::Skip(SkipReason::OtherOccasion);
        }
        self.plan_hooks(&mut applies, stored, graph);
        let mut notices = Vec::new();
        for problem in graph.problems() {
            let keys: Vec<ResourceKey> = problem.keys().into_iter().cloned().collect();
            self.events.send(|| Event::Validation {
                keys,
                problem: problem.to_string(),
            });
        }
        refuse_problems(graph, &mut applies);
        for problem in &desired.problems {
            let message = crate::failure::chain(problem);
            self.events.send(|| Event::Validation {
                keys: Vec::new(),
                problem: message.clone(),
            });
            notices.push(Notice {
                message,
                blocking: true,
            });
        }
        notices.extend(graph.notices().iter().map(|notice| Notice {
            message: notice.to_string(),
            blocking: false,
        }));
        let wanted: HashSet<&ResourceKey> = self.targets.keys().collect();
        let (deletions, stop) = plan_deletions(&PruneInput {
            application: self.application,
            inventory: &stored.inventory,
            desired: &wanted,
            is_incomplete: !desired.problems.is_empty(),
            observed: self.observed,
            options: self.options,
        });
        notices.extend(stop);
        Plan {
            applies,
            deletions,
            notices,
        }
    }

    /// A hook that is due runs, whether or not its object is as desired; one that has run is left as it is, whoever
    /// has changed it since.
    fn plan_hooks(&self, applies: &mut [PlannedChange], stored: &Stored, graph: &Graph) {
        let record = HookRecord::new(&self.targets.digest, stored.hooks.clone());
        let mut due: BTreeMap<usize, bool> = BTreeMap::new();
        for (_, node) in graph.nodes().filter(|(_, node)| node.hook.is_some()) {
            *due.entry(node.object).or_default() |= record.is_due(&node.key, node.phase.name());
        }
        for (index, is_due) in due {
            let planned = &mut applies[index];
            match &planned.change {
                Change::Skip(SkipReason::DriftReported) => {}
                Change::Skip(_) | Change::Refuse(_) => continue,
                _ => {}
            }
            let exists = self.observed.live.contains_key(&planned.key);
            planned.change = match (is_due, exists) {
                (true, true) => Change::Update,
                (true, false) => Change::Create,
                (false, true) => Change::Keep,
                (false, false) => Change::Skip(SkipReason::HookDone),
            };
        }
    }

    /// Whether this very state was applied in full before, so that what differs now is someone else's doing.
    pub(crate) fn was_applied(&self, stored: &Stored) -> bool {
        stored.applied == self.targets.digest.to_string()
    }
}

/// What is wrong with what the objects say about their order is refused; the rest goes on.
pub(in crate::sync) fn refuse_problems(graph: &Graph, applies: &mut [PlannedChange]) {
    for problem in graph.problems() {
        let keys = problem.keys();
        for planned in applies.iter_mut().filter(|planned| keys.contains(&&planned.key)) {
            planned.change = Change::Refuse(Failure {
                message: problem.to_string(),
                kind: FailureKind::Invalid,
            });
        }
    }
}
