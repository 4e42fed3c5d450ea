//! Writing one object: the server-side apply, and what its refusals call for.

mod conflict;
mod field_path;
mod hand_over;
mod recreate;
mod writer;

pub(crate) use self::{
    conflict::{Contested, leave_theirs, settle},
    field_path::remove as remove_field,
    hand_over::hand_over,
    writer::{Writer, Written},
};
