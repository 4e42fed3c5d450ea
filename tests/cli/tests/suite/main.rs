//! The programs as users run them: real binaries, an empty environment, a real control plane.

mod charts;
mod deploy;
mod gates;
mod import;
mod planted;
mod reader;
mod released;
mod secrets;
mod shapes;
mod shell;
mod unreachable;
mod usage;
