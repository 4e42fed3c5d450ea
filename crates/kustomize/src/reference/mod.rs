//! What refers to other objects: names that follow when an object is renamed, and vars.

mod expand;
mod names;
mod referral;
mod vars;

pub(crate) use names::update_names;
pub(crate) use vars::{VarSet, resolve_vars};
