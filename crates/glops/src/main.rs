//! `glops`: renders, diffs, previews, applies and reports, on a laptop and in CI.

mod cli;
mod cluster;
mod commands;
mod desired;
mod error;
mod gate;
mod interrupt;
mod kas;
mod print;
mod progress;
mod prune;
mod remote;
mod settings;
mod source;
mod sync;
mod typed;
mod ui;

fn main() -> std::process::ExitCode {
    // built beside other programs, two providers may be compiled in; the one that is set first is used
    let _ = rustls::crypto::ring::default_provider().install_default();
    commands::run(std::env::args_os())
}
