//! An application that is synced again and again by one process.
//!
//! After its first sync it watches what it manages and keeps a digest of each object, not the object: which
//! fields are ours and what they are. So a sync of what is unchanged asks the server nothing, a sync of a change
//! sends that change alone, and what someone else changes is told as it happens. What a sync deletes and the server
//! keeps for a while leaves the inventory when the watches tell that it is gone.

mod cache;
mod departures;
mod entry;
mod objects;
mod observe;
mod run;
mod settle;
mod shared;
mod uid;

pub(crate) use self::entry::Entry;
pub use self::run::Syncer;
