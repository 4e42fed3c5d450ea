//! Values: files, the five `--set` forms, and how tables are laid over one another.
//!
//! Tables are Go's maps, shared by reference as in Helm: what is merged into a table is seen by all who hold it.
//! Numbers from files are `float64`, those from `--set` are `int64`.

mod coalesce;
mod set;
mod sources;
mod tables;

pub use coalesce::{TypeMismatch, coalesce_values, merge_values};
pub use set::{SetError, SetForm, set};
pub use sources::{Error, Sources, from_yaml};
pub use tables::{coalesce_tables, deep_copy, lookup, merge_maps, merge_tables, remove_nulls, table};

#[cfg(test)]
pub(crate) use set::tests::shown;
