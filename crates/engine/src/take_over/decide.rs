use serde_json::Value;

use super::ForeignInventory;
use crate::{
    inventory::import::{Mark, mark},
    ownership::{Owner, owner},
};

/// Whose an object that another tool recorded is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// The tool's, and so to be taken over.
    Take,
    /// Ours already.
    Ours,
    /// A third party's; who.
    Leave(String),
}

/// Decides by the marks on a live object. One without any mark is the tool's: not every tool marks what it applies.
pub(super) fn decide(foreign: &ForeignInventory, live: &Value, apply_set: &str) -> Decision {
    match owner(live, apply_set) {
        Owner::Ours => Decision::Ours,
        Owner::ApplySet(id) => Decision::Leave(format!("another inventory ({id})")),
        Owner::Nobody => Decision::Take,
        Owner::Other(name) => match mark(foreign.tool, &foreign.parent, live) {
            Mark::Same => Decision::Take,
            Mark::Other(other) => Decision::Leave(other),
            // marks of a third tool, such as Helm's on what Argo CD renders, count only where the tool left none
            Mark::Absent => Decision::Leave(name),
        },
    }
}
