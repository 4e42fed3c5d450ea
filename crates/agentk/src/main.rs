//! The agentk program.

fn main() {}
