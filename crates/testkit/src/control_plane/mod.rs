//! A real control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and kwok to play the nodes.
//!
//! It is up in about four seconds, listens on loopback only, and dies with the process that started it, however that
//! process ends.

mod build;
mod evidence;
mod faults;
mod identity;
mod kubeconfig;
mod namespace;
mod options;
mod pki;
mod place;
mod plane;
mod programs;
mod readiness;
mod requests;
mod servers;
mod workspace;

pub use faults::{Fault, FaultyWay};
pub use identity::{Identity, rule};
pub use namespace::TestNamespace;
pub use options::Options;
pub use plane::ControlPlane;
pub use programs::Programs;
pub use requests::{Request, RequestCounts};
