//! The objects of a target, in order, with rules about what may be added.

mod absorb;
mod map;
mod select;

pub(crate) use map::ResMap;
pub(crate) use select::{LabelSelector, SelectorRegex};
