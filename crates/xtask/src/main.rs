//! The project's own tasks: `cargo xtask demo`, `test`, `tidy`, `codegen`, `oracle`, `bench`.

mod bench;
mod codegen;
mod demo;
mod machine;
mod oracle;
mod repository;
mod terminal;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of this workspace.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// The whole product at work: control plane, kas, agentk, a repository, a preview
    Demo(demo::Arguments),
    /// Everything a change must pass
    Test(test::Arguments),
    /// Measure
    Bench(bench::Arguments),
    /// Check what no other tool checks: arrows between crates, fences, lengths, stray words
    Tidy,
    /// Write the code of proto/ and the pages of docs/reference/ that are made from the code anew
    Codegen,
    /// Build the real kustomize and helm, and our drivers of their libraries, into the cache
    Oracle,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == bench::LAUNCH) {
        return bench::launch(arguments);
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            terminal::line(format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::Demo(arguments) => demo::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Tidy => tidy::run(),
        Task::Codegen => codegen::run(),
        Task::Oracle => oracle::run(),
    }
}
