//! How results look: text for people, markdown for a merge request, JSON for programs. Nothing here decides.

pub(crate) mod changes;
pub(crate) mod diff;
mod explain;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod preview;
pub(crate) mod table;
pub(crate) mod time;
mod unified;
