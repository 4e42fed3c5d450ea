//! From a [`Tree`](manifest::Tree) and paths to objects. It reaches no network, cluster, environment, clock or process.

mod build;
mod chart;
mod chart_settings;
mod error;
mod inflate;
mod local;
mod options;
mod scope;
mod select;
mod set;

pub use kustomize::Reorder;

pub use self::{
    build::{KustomizeOptions, KustomizeOutput, kustomize},
    error::{Duplicate, Error},
    options::{Capabilities, ChartOptions, Options, Remote},
    scope::Scopes,
    select::has_charts,
    set::{Rendered, render},
};

#[cfg(test)]
mod tests;
