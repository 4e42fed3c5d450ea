//! What Helm adds to Go's templates: its functions, the order in which files are parsed and executed, and the
//! words of its errors.

mod conversions;
mod failure;
mod functions;
mod glob;
mod objects;
mod render;
mod toml;

pub use failure::{execution_error, parse_error};
pub use functions::{Lookup, functions};
pub use objects::{Release, templates};
pub use render::{Error, Template, render};
