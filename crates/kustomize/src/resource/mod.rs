//! Objects while they are built: their nodes, and what is remembered about each beside them.

mod annotations;
mod merge;
mod object;
mod reader;
mod state;

pub(crate) use annotations::{BUILD_ANNOTATIONS, INTERNAL_DOMAIN};
pub(crate) use object::{Resource, id_text};
pub(crate) use reader::{parse, parse_file_error, validated};
pub(crate) use state::{Behavior, State};
