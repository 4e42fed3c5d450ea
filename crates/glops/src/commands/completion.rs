use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::{
    cli::Cli,
    error::{Exit, Result},
    ui::Ui,
};

/// Print a completion script for a shell.
///
/// For bash: `source <(glops completion bash)`.
#[derive(clap::Args, Debug)]
pub(crate) struct CompletionArgs {
    /// The shell that will read it.
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(ui: &Ui, args: &CompletionArgs) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "glops", &mut script);
    ui.data(script)?;
    Ok(Exit::Done)
}
