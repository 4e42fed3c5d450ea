//! The kas program.

use clap::Parser;

fn main() -> anyhow::Result<()> {
    kas::run(kas::settings::Flags::parse())
}
