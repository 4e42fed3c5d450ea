use crate::{
    observe::Targets,
    order::{Graph, Node},
    plan::PlannedChange,
    store::Stored,
    sync::{HookRecord, runs_anew},
};

/// How a sync would treat an object, as far as hooks are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// It is no hook.
    NoHook,
    /// It is a hook that has done its work for this state.
    NotDue,
    /// It runs, over what an earlier run has left.
    Over,
    /// It runs, and what an earlier run has left goes first.
    Anew,
}

/// The hooks that a sync would run.
pub(super) struct Runs(Vec<(Run, &'static str)>);

impl Runs {
    pub(super) fn of(graph: &Graph, planned: &[PlannedChange], targets: &Targets, stored: &Stored) -> Self {
        let record = HookRecord::new(&targets.digest, stored.hooks.clone());
        let mut runs = vec![(Run::NoHook, ""); planned.len()];
        for (_, node) in graph.nodes().filter(|(_, node)| node.hook.is_some()) {
            // of a hook with several phases, the first that is due counts
            let (run, _) = runs[node.object];
            if matches!(run, Run::NoHook | Run::NotDue) {
                let phase = node.phase.to_string();
                let is_due = record.is_due(&planned[node.object].key, &phase);
                runs[node.object] = (Self::run(node, is_due), node.phase.name());
            }
        }
        Self(runs)
    }

    fn run(node: &Node, is_due: bool) -> Run {
        match (is_due, runs_anew(node)) {
            (false, _) => Run::NotDue,
            (true, true) => Run::Anew,
            (true, false) => Run::Over,
        }
    }

    pub(super) fn of_object(&self, index: usize) -> Run {
        self.0[index].0
    }

    /// What is said of a hook that runs anew.
    pub(super) fn note(&self, index: usize) -> String {
        format!("runs again as {} hook: deleted and created anew", self.0[index].1)
    }
}
