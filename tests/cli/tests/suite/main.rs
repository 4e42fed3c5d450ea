//! The programs as users run them: real binaries, an empty environment, a real control plane.

mod planted;
mod secrets;
