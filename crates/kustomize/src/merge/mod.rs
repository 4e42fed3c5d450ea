//! Strategic merge patches: a patch laid over an object, lists merged by the keys that schemas name.

mod directive;
mod element;
mod keys;
mod sequence;
mod walk;

pub(crate) use walk::{ListGrowth, merge};
