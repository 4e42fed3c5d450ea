//! The kas program.

fn main() {}
