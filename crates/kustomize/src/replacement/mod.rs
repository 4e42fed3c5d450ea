//! Replacements: a value from one object copied into fields of others.

mod matcher;
mod source;
mod structured;
mod target;
mod transformer;

pub(crate) use transformer::Replacements;
