//! Gates: what a pipeline does not let pass, told by exit code 3.

use clap::ValueEnum;
use engine::{
    diff::{Label, ObjectChange, ObjectDiff},
    preview::{Preview, RequestedChange},
};
use manifest::ResourceKey;

use crate::{
    error::Exit,
    print::preview::{drifted, requested},
    ui::Ui,
};

/// Which findings end a command with exit code 3.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct GateArgs {
    /// End with exit code 3 when there is any of these; several are separated by commas.
    #[arg(
        long,
        env = "GLOPS_FAIL_ON",
        value_enum,
        value_name = "FINDING",
        value_delimiter = ','
    )]
    fail_on: Vec<Gate>,
}

/// A finding that a gate can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Gate {
    /// An object would be deleted.
    Prune,
    /// A field to be changed was changed in the cluster too, or belongs to another manager.
    Conflict,
    /// Somebody changed the cluster.
    Drift,
}

impl Gate {
    fn finding(self) -> &'static str {
        match self {
            Self::Prune => "would be deleted",
            Self::Conflict => "is in conflict with the cluster",
            Self::Drift => "drifted in the cluster",
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl GateArgs {
    /// What the gates make of a diff; each finding is told on stderr.
    pub(crate) fn check_diff(&self, ui: &Ui, diffs: &[ObjectDiff]) -> Option<Exit> {
        self.check(ui, |gate| {
            let found = diffs.iter().filter(|diff| found_in(gate, diff));
            found.map(|diff| diff.key.clone()).collect()
        })
    }

    /// What the gates make of a preview; each finding is told on stderr.
    pub(crate) fn check_preview(&self, ui: &Ui, preview: &Preview) -> Option<Exit> {
        self.check(ui, |gate| match gate {
            Gate::Drift => drifted(preview).map(|object| object.key.clone()).collect(),
            Gate::Prune | Gate::Conflict => {
                let found = requested(preview).filter(|object| match &object.cluster {
                    Some(diff) => found_in(gate, diff),
                    // without a cluster all that is known is what the branch no longer describes
                    None => gate == Gate::Prune && object.requested == RequestedChange::Removed,
                });
                found.map(|object| object.key.clone()).collect()
            }
        })
    }

    fn check(&self, ui: &Ui, findings: impl Fn(Gate) -> Vec<ResourceKey>) -> Option<Exit> {
        let mut gates = self.fail_on.clone();
        gates.sort_unstable();
        gates.dedup();
        let mut exit = None;
        for gate in gates {
            for key in findings(gate) {
                ui.refusal(&format!("{key} {} (--fail-on {})", gate.finding(), gate.name()));
                exit = Some(Exit::Refused);
            }
        }
        exit
    }
}

fn found_in(gate: Gate, diff: &ObjectDiff) -> bool {
    let any = |is: fn(&Label) -> bool| diff.fields.iter().any(|field| is(&field.label));
    match gate {
        Gate::Prune => diff.change == ObjectChange::Delete,
        Gate::Conflict => any(|label| matches!(label, Label::Conflict | Label::ForeignManager(_))),
        Gate::Drift => any(|label| *label == Label::Drift),
    }
}
