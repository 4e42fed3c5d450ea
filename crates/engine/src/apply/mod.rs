//! Writing one object: the server-side apply, and what its refusals call for.

mod conflict;
mod field_path;
mod hand_over;
mod recreate;
mod writer;

pub(crate) use self::{
    hand_over::hand_over,
    writer::{Writer, Written},
};
