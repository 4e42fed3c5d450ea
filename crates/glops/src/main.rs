//! `glops`: renders, diffs, previews, applies and reports, on a laptop and in CI.

mod cli;
mod cluster;
mod commands;
mod desired;
mod error;
mod interrupt;
mod kas;
mod print;
mod progress;
mod prune;
mod settings;
mod source;
mod sync;
mod ui;

fn main() -> std::process::ExitCode {
    commands::run(std::env::args_os())
}
