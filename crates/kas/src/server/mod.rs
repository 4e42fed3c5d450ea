//! Listeners, and everything that is behind them.

mod assemble;
mod incoming;
mod tls;

pub use self::assemble::{Addresses, Server};
pub(crate) use self::incoming::ConnectedSince;
