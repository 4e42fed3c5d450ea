//! Git repositories for tests: written by the `git` program, served by smart HTTP and as paths.

mod backend;
mod commit;
mod repository;
mod server;
mod ssh;
mod tls;

pub use commit::Commit;
pub use repository::Repository;
pub use server::{Access, Fault, GitServer};
pub use ssh::SshServer;
