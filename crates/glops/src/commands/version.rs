use serde_json::json;

use crate::{
    cli::{GlobalArgs, Output},
    error::{Exit, Result},
    ui::Ui,
};

/// Print the version.
#[derive(clap::Args, Debug)]
pub(crate) struct VersionArgs {}

pub(crate) fn run(ui: &Ui, global: &GlobalArgs) -> Result<Exit> {
    let version = env!("CARGO_PKG_VERSION");
    ui.data(
        match global.output_of(Output::Text, &[Output::Json, Output::Yaml])? {
            Output::Json => format!("{}\n", json!({ "version": version })),
            Output::Yaml => format!("version: {version}\n"),
            _ => format!("glops {version}\n"),
        },
    )?;
    Ok(Exit::Done)
}
