//! Which objects a set consists of, so that what leaves it can be found and deleted.
//!
//! An [`Inventory`] holds one [`ResourceRef`] per object. [`encode`] makes it small enough for a few Secrets
//! even with 100,000 objects, [`apply_set`] describes it to other tools by the labels of KEP-3659, and
//! [`import`] reads what Flux, Argo CD, cli-utils, GitLab's agent and kapp have left in a cluster, so that
//! changing the tool re-creates nothing.
//!
//! The module knows no cluster: where shards are stored, and when, is decided elsewhere.

pub mod apply_set;
mod codec;
pub mod import;
mod references;

pub use codec::{Error, decode, encode};
pub use references::{Inventory, ResourceRef};
