//! The one door to an API server: discovery, lists, watches, patches and deletions, with retries and a bound on
//! the requests in flight that follows what the server can take. It decides nothing about manifests.

mod capabilities;
mod connect;
mod discovery;
mod error;
mod limiter;
mod list;
mod resource;
mod retry;
mod transport;
mod watch;
mod write;

pub(crate) use self::list::PAGE;
pub use self::{
    connect::{Cluster, ClusterOptions},
    discovery::Discovery,
    error::{Cause, Error, Refusal},
    list::{ListScope, Listed},
    resource::Resource,
    transport::RequestCounts,
    watch::{WatchError, WatchEvent},
    write::{Applied, ApplyRequest, Deletion},
};
