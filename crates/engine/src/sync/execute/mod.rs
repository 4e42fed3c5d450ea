//! Walking the graph of a sync: each object starts as soon as what it depends on allows it.

mod settle;
mod wait;
mod walk;

pub(crate) use self::walk::runs_anew;
pub(super) use self::walk::{Executed, Execution};
