//! Reading and editing the nodes of a document: fields, list items, paths through both.

mod access;
mod path;
mod print;

pub(crate) use access::{Access, Kind, expect};
pub(crate) use path::{
    Step, append, create, elements_of, item, kind_before, lookup, lookup_mut, split, split_smart, step,
};
pub(crate) use print::{print, print_ordered};
pub(crate) use yaml::{Node, Scalar, Tag};
