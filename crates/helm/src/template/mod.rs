//! `helm template` as a whole: from a chart and options to the text that Helm prints.

mod error;
mod observed;
mod options;
mod render;
mod rendered;
mod show_only;

use manifest::{Tree, TreePath};

use crate::chart::{self, Chart, Loader, MAX_CHART_SIZE};

pub use error::Error;
pub use options::{Hooks, Limits, Options, Randomness, ReadFile};
pub use rendered::{GeneratedField, Rendered};

/// Values and documents may nest a thousand levels deep: room for those who visit them.
const STACK: usize = 64 << 20;

/// Renders the chart in a folder of a tree, or in an archive there.
pub fn template(tree: &Tree, chart: &TreePath, options: &Options) -> Result<Rendered, Error> {
    stacker::grow(STACK, || {
        let values = options.user_values()?;
        let mut loader = Loader::new(options.budget());
        let loaded = if tree.is_file(chart) {
            let archive = tree.read_limited(chart, MAX_CHART_SIZE);
            loader.archive(&archive.map_err(chart::Error::from)?)
        } else {
            loader.directory(tree, chart)
        };
        render::render(loaded?, &values, options)
    })
}

/// Renders a chart that is loaded already, with all its dependencies.
pub fn template_chart(chart: Chart, options: &Options) -> Result<Rendered, Error> {
    stacker::grow(STACK, || {
        let values = options.user_values()?;
        render::render(chart, &values, options)
    })
}

#[cfg(test)]
mod tests;
