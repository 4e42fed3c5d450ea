//! Field specs: which fields of which kinds a transformer touches, the tables of the built-in ones, what
//! configurations add, and the walk that finds the fields.

mod config;
mod crd;
mod defaults;
mod spec;
mod walk;

pub(crate) use config::{Config, Reference, Tables, from_file};
pub(crate) use crd::from_crds;
pub(crate) use spec::{FieldSpec, merge_all, merge_one};
pub(crate) use walk::{Creation, visit, visit_path};
