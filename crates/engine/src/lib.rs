//! The road from a [`Tree`](manifest::Tree) to a healthy cluster:
//!
//! ```text
//! Tree ──render──▶ Desired ──plan──▶ Plan ──apply, prune──▶ ChangeSet ──health──▶ Status
//!                               ▲
//!                     live objects, inventory
//! ```
//!
//! One call walks all of it, and tells on the way what it does:
//!
//! ```no_run
//! # async fn example(tree: manifest::Tree) -> Result<(), Box<dyn std::error::Error>> {
//! use engine::{Application, Cluster, Desired, Events, InventoryId, SyncOptions, render};
//! use tokio_util::sync::CancellationToken;
//!
//! let cluster = Cluster::connect(kube::Config::infer().await?)?;
//! let application = Application::new(InventoryId::new("shop", "web"));
//! let desired = render::render(&tree, &render::Options::default()).into_desired("4f2c1e9");
//! let (events, mut received) = Events::channel();
//! let result = engine::sync(
//!     &cluster, &application, &desired, &SyncOptions::default(), &events, &CancellationToken::new(),
//! ).await?;
//! assert!(result.is_complete());
//! # Ok(())
//! # }
//! ```
//!
//! A process that syncs the same application again and again keeps a [`Syncer`]: it watches what it manages,
//! so that a sync of what is unchanged asks the server nothing, and tells of drift as it happens.
//!
//! The crate never prints and never logs a manifest; it reports by [`Events`] and by what it returns. An error
//! of one object is data in the [`ChangeSet`]; only what stops the whole is an `Err`.
//!
//! Pure modules (`render`, `plan`, `diff`, `order`, `inventory`, `guard`, `redact`, `health`, `preview`) know
//! neither a client nor a clock. The others (`cluster`, `apply`, `prune`, `wait`, `sync`, `drift`, `store`, `take_over`) act on them.

mod application;
mod apply;
mod claims;
mod compare;
mod desired;
mod digest;
mod failure;
mod intent;
mod observe;
mod options;
mod ownership;
mod prune;
mod sync;
mod syncer;

pub mod change_set;
pub mod cluster;
pub mod diff;
pub mod drift;
pub mod event;
pub mod guard;
pub mod health;
pub mod inventory;
pub mod order;
pub mod plan;
pub mod preview;
pub mod redact;
pub mod render;
pub mod store;
pub mod take_over;
pub mod wait;

pub use self::{
    application::{Application, FieldManager, InvalidFieldManager, InventoryId},
    change_set::{Action, ChangeSet, ChangeSetEntry},
    claims::Claims,
    cluster::Cluster,
    compare::{Belonging, ObjectStatus, Reach, belonging, diff, preview, preview_offline, status},
    desired::Desired,
    digest::Digest,
    event::{Event, Events},
    options::{
        Confirmation, ConflictPolicy, InventoryPolicy, Mode, Propagation, PruneOptions, Recreate, SyncOptions,
    },
    ownership::{Owner, PART_OF, owner},
    sync::{Error as SyncError, delete, sync},
    syncer::Syncer,
};
