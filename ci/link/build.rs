//! The build script of `glops` and `agentk`: how they are linked.

fn main() {
    println!("cargo::rerun-if-changed=../../ci/link/build.rs");
    let target = |what: &str| std::env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        // at a fixed address nothing is relocated at start: that would take a third of the time of a small command, and
        // make pages of tables the process's own
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
