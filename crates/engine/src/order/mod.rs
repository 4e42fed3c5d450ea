//! In which order the objects of one sync are written, and in which they are deleted.
//!
//! A [`Graph`] is built from the objects alone: what they are (a Namespace comes before what is in it, a
//! definition before its custom resources), what they name (a ConfigMap before the workload that mounts it),
//! and what their authors wrote in the annotations of Argo CD, Helm, cli-utils, kapp and kluctl, all of them
//! at once. A [`Queue`] then hands out the nodes that may start and is told how each went; nodes that do not
//! depend on one another are free to run side by side.
//!
//! Three rules settle what the dialects leave open:
//! - An object whose position nobody stated takes the earliest position of those that need it: the
//!   ServiceAccount of a PreSync Job is written before that Job.
//! - What is merely deduced (a reference, webhook configurations last) gives way to what is stated.
//! - Statements that contradict one another are a [`Problem`] that names them. The objects concerned count as
//!   failed and what depends on them is skipped; the rest of the set is not held up.
//!
//! The module knows no cluster, no clock and no health rules; it says only *until when* a dependent waits
//! ([`Until`]). Building is linear in objects and edges, and the same objects give the same graph in
//! whatever order they arrive.

mod adjacency;
mod barriers;
mod builder;
mod cycle;
mod delete;
mod dialect;
mod graph;
mod hook;
mod implicit;
mod kind_order;
mod position;
mod problem;
mod queue;
mod references;
mod statements;
mod subject;

#[cfg(test)]
mod tests;

pub use delete::Removal;
pub use graph::{Barrier, Dependency, Graph, Node, NodeId, Reason, Until, Vertex};
pub use hook::{DeletePolicy, Hook, Occasion, Phase};
pub use kind_order::rank;
pub use problem::{CycleMember, Notice, Problem};
pub use queue::{Queue, Skipped};
pub(crate) use references::uses;
pub(crate) use statements::runs_in;
