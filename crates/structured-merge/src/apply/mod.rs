//! What a server-side apply would leave, or why it would be refused.

mod changes;
mod conflicts;
mod entries;
mod last_applied;
mod managers;
mod order;
mod outcome;
mod prune;
mod server_fields;
mod updater;
mod whole_object;
mod zero;

pub(crate) use changes::explain;
pub use changes::{Action, Changes, FieldChange, Owner};
pub use conflicts::{Conflict, Conflicts};
pub use outcome::{Applied, Doubt, Invalid, Outcome};
pub use updater::{ApplyOptions, apply};
