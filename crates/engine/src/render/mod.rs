//! From a [`Tree`](manifest::Tree) and paths to objects. It reaches no network, cluster, environment, clock or process.

mod build;
mod error;
mod local;
mod options;
mod scope;
mod select;
mod set;

pub use kustomize::Reorder;

pub use self::{
    build::{KustomizeOptions, KustomizeOutput, kustomize},
    error::{Duplicate, Error},
    options::Options,
    scope::Scopes,
    set::{Rendered, render},
};

#[cfg(test)]
mod tests;
