//! What must outlive the process: agents, tokens, numbers of projects, and what agents reported.
//!
//! One SQLite file with a write-ahead log. A thread of its own does all the work, so that no caller waits on a disk; a
//! failed write, such as on a full disk, is that call's error and nothing more.

mod agents;
mod commits;
mod connection;
mod error;
mod history;
mod migrations;
mod projects;
mod statuses;
mod tokens;

pub use self::{
    agents::AgentRecord,
    connection::Database,
    error::Error,
    history::{HistoryQuery, HistoryRecord, HistoryTable},
    statuses::{StatusKey, StatusRecord},
    tokens::{AdminTokenRecord, TokenHash, TokenRecord},
};

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, as all times in the database.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
