//! One file per subcommand: its arguments, whose doc comments are the help, and what it does.

pub(crate) mod agent;
pub(crate) mod apply;
pub(crate) mod completion;
pub(crate) mod delete;
pub(crate) mod diff;
pub(crate) mod drift;
pub(crate) mod health;
pub(crate) mod helm;
pub(crate) mod inventory;
pub(crate) mod preview;
pub(crate) mod render;
pub(crate) mod status;
pub(crate) mod version;

use std::{ffi::OsString, io::IsTerminal as _, mem::ManuallyDrop, path::Path, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _};
use tracing_subscriber::{EnvFilter, fmt::format};

use crate::{
    cli::{Cli, Command, GlobalArgs},
    error::{Exit, FAILED, Result},
    settings, typed,
    ui::Ui,
};

/// Runs the program with its arguments, the program's own name first.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match parse(as_plugin(arguments)) {
        Ok(cli) => cli,
        Err(error) => {
            // help and version are no failures; wrong usage is one like any other
            let failed = error.use_stderr();
            let _ = error.print();
            return if failed {
                ExitCode::from(FAILED)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let global = cli.global.with_environment(settings::variable);
    let ui = Ui::new(&global);
    log_to_stderr(&global);
    match dispatch(&ui, &global, cli.command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            ui.error(&failure);
            ExitCode::from(FAILED)
        }
    }
}

fn parse(arguments: impl Iterator<Item = OsString>) -> std::result::Result<Cli, clap::Error> {
    // every flag of every command: to take it apart again costs a tenth of a small render
    let mut command = ManuallyDrop::new(Cli::command());
    let matches = command.try_get_matches_from_mut(arguments)?;
    typed::check(&mut command, &matches)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

fn dispatch(ui: &Ui, global: &GlobalArgs, command: Command) -> Result<Exit> {
    match command {
        Command::Render(args) => render::run(ui, global, &args),
        Command::Health(args) => health::run(ui, global, &args),
        Command::Completion(args) => completion::run(ui, &args),
        Command::Version(_) => version::run(ui, global),
        Command::Apply(args) => in_runtime(apply::run(ui, global, &args)),
        Command::Delete(args) => in_runtime(delete::run(ui, global, &args)),
        Command::Diff(args) => in_runtime(diff::run(ui, global, &args)),
        Command::Drift(args) => in_runtime(drift::run(ui, global, &args)),
        Command::Inventory(args) => in_runtime(inventory::run(ui, global, &args)),
        Command::Preview(args) => in_runtime(preview::run(ui, global, &args)),
        Command::Status(args) => in_runtime(status::run(ui, global, &args)),
        Command::Agent(args) => in_runtime(agent::run(ui, global, &args)),
    }
}

fn in_runtime(command: impl Future<Output = Result<Exit>>) -> Result<Exit> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(command)
}

/// `kubectl glops …` runs a binary called `kubectl-glops`; the help then says so.
fn as_plugin(mut arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    let program = arguments.next().map(|program| {
        let plugin = Path::new(&program)
            .file_stem()
            .is_some_and(|name| name == "kubectl-glops");
        if plugin {
            OsString::from("kubectl glops")
        } else {
            program
        }
    });
    program.into_iter().chain(arguments)
}

fn log_to_stderr(global: &GlobalArgs) {
    let level = match global.verbose {
        0 => "warn,kube_client=off",
        1 => "warn,glops=debug,engine=debug,git=debug",
        _ => "debug,engine=trace,glops=trace,git=trace",
    };
    // the client's spans mark each 4xx as an error for traces; whether it is one, whoever asked says
    let fields = format::debug_fn(|line, field, value| match field.name() {
        name if name.starts_with("otel.") => Ok(()),
        "message" => write!(line, "{value:?}"),
        name => write!(line, " {name}={value:?}"),
    });
    // a second initialisation only happens in tests, where the first one serves
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(level))
        .fmt_fields(fields)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .without_time()
        .try_init();
}
