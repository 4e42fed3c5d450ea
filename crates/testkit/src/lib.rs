//! What tests stand on: a real control plane, Git servers, golden files, the workspace's own programs.
//!
//! Development only. Nothing here touches a cluster, a repository or a process that it did not start itself; the one
//! exception is a cluster that `GLOPS_TEST_KUBECONFIG` names on purpose.
//!
//! To follow a start of the control plane: [`ControlPlane::shared`], then `control_plane::programs` (where the programs
//! come from), `control_plane::servers` (their flags) and [`process`] (how none of them outlives the test).

pub mod charts;
pub mod control_plane;
pub mod git;
pub mod go;
pub mod golden;
pub mod installation;
pub mod link;
pub mod ports;
pub mod process;
pub mod product;
mod progress;
pub mod reference;
pub mod scratch;
pub mod settings;
pub mod web;
pub mod webhook;
pub mod workload;

pub use control_plane::{ControlPlane, Options};
pub use git::{Commit, GitServer, Repository};
pub use golden::assert_golden;
pub use link::Link;
pub use progress::progress;
pub use webhook::{Admission, Webhook};
