//! demo, test, tidy, oracle, bench.

fn main() {}
