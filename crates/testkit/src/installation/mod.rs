//! The product as an operator installs it: kas beside a Git server, agentk in front of a control plane, glops talking
//! to both; real programs, each with its log, that can be stopped, killed and started again.

mod agentk;
mod kas;
mod service;
mod whole;

pub use agentk::Agentk;
pub use kas::Kas;
pub use service::Service;
pub use whole::Installation;
