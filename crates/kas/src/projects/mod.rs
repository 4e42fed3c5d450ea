//! Repositories, watched for all agents together.
//!
//! There is one [`Watch`] for each project and reference that anyone asks for, however many agents that are. It looks at
//! the repository now and then, at once when a webhook tells of a push, and tells everyone what it found.

mod problem;
mod registry;
mod selection;
mod watch;

pub use self::{
    problem::problem_of,
    registry::{Project, Projects},
    selection::{InvalidGlob, Selection},
    watch::{Commit, State, Watch},
};
