//! Free ports on the loopback interface.

use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};

use anyhow::{Context, Result};

/// A port that nobody listens on now. Another process may take it before it is used; who starts a server retries.
pub fn free() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("failed to find a free port")?;
    Ok(listener
        .local_addr()
        .context("failed to read the address of a listener")?
        .port())
}

/// Whether something accepts connections on `port`.
pub fn answers(port: u16) -> bool {
    TcpStream::connect(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).is_ok()
}
