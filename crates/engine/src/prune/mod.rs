//! Deleting what is no longer desired: in the reverse order of creation, each object only with the UID that was
//! looked at, and out of the inventory only when it is known to be gone.

mod deleter;
mod run;

pub(crate) use self::{
    deleter::Deleter,
    run::{Pruned, prune},
};
