use serde_json::json;

use crate::{
    cli::{GlobalArgs, Output},
    commands::unsupported_output,
    error::{Exit, Result},
    ui::Ui,
};

/// Print the version.
#[derive(clap::Args, Debug)]
pub(crate) struct VersionArgs {}

pub(crate) fn run(ui: &Ui, global: &GlobalArgs) -> Result<Exit> {
    let version = env!("CARGO_PKG_VERSION");
    match global.output.unwrap_or(Output::Text) {
        Output::Text => ui.data(format!("glops {version}\n"))?,
        Output::Json => ui.data(format!("{}\n", json!({ "version": version })))?,
        Output::Yaml => ui.data(format!("version: {version}\n"))?,
        other => {
            return Err(unsupported_output(
                other,
                &[Output::Text, Output::Json, Output::Yaml],
            ));
        }
    }
    Ok(Exit::Done)
}
