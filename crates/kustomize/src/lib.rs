//! `kustomize build` as a pure function over a [`Tree`](manifest::Tree): the bytes that kustomize 5.8.1 prints,
//! and a few later fixes.
//!
//! The crate refuses to know disks, networks, processes, the environment and the clock. What lies outside of the
//! tree comes through traits that the caller passes in ([`Resolver`], [`Charts`], [`Functions`]); without them a
//! kustomization that needs it is an [`Error`] that says so. Nothing is kept from one build to the next.
//!
//! How it works: a [`target`] reads its kustomization file, gathers objects from files, bases, generators and
//! components, and runs transformers over them. At the root, hashes are put behind names, references follow
//! the names, and everything is printed. Objects stay documents ([`node`]) until the very end, because
//! kustomize tells apart what JSON does not.

mod build;
mod built;
mod context;
mod decode;
mod error;
mod fieldspec;
mod generate;
mod gojson;
mod goquote;
mod id;
mod kustomization;
mod loader;
mod merge;
mod node;
mod options;
mod origin;
mod place;
mod plugin;
mod reference;
mod regexp;
mod replacement;
mod resmap;
mod resolver;
mod resource;
mod schema;
mod target;
mod transform;

pub use build::build;
pub use built::Built;
pub use error::{Error, Reason};
pub use options::{LoadRestrictions, Options, Paths, Reorder};
pub use place::Place;
pub use plugin::{run_generator, run_transformer};
pub use resolver::{
    ChartFailure, ChartReference, ChartRequest, Charts, FetchError, Functions, GitReference, Resolver,
};
