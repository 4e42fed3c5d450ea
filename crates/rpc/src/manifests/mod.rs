//! The receiving end of `glops.manifests.v1`: parts of a stream in, whole commits out.
//!
//! [`Receiver`] is a state machine without IO. It refuses what does not follow from what came before, and hands out a
//! [`Snapshot`] only when every blob that its entries name is there.

mod receiver;
mod snapshot;

pub use self::{
    receiver::{ProtocolError, Receiver, Update},
    snapshot::{BlobId, Entry, FileMode, Snapshot},
};
