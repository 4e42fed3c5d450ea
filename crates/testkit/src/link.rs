//! A network between two programs that can be cut.

use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::sync::watch;

/// What the network does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// It carries everything.
    #[default]
    Open,
    /// Open connections are lost, new ones are closed at once.
    Cut,
    /// Connections stay, and nothing arrives until it is open again.
    Silent,
}

/// Carries connections to one address until it is dropped.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    condition: watch::Sender<Condition>,
    thread: Option<JoinHandle<()>>,
}

impl Link {
    /// A link to `target`, `host:port`; nothing needs to listen there yet.
    pub fn to(target: impl Into<String>) -> Result<Self> {
        let target = target.into();
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .context("failed to listen for a link")?;
        let address = listener
            .local_addr()
            .context("failed to read the address of a link")?;
        let (condition, seen) = watch::channel(Condition::Open);
        let thread = thread::Builder::new()
            .name("link".to_owned())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime of one thread starts wherever a test does");
                runtime.block_on(accept(listener, target, seen));
            })
            .context("failed to start the thread of a link")?;
        Ok(Self {
            address,
            condition,
            thread: Some(thread),
        })
    }

    /// Where to connect instead of to the target.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts or mends it.
    pub fn set(&self, condition: Condition) {
        self.condition.send_replace(condition);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // the thread ends when nobody can set a condition any more
        self.condition = watch::Sender::default();
        if let Some(thread) = self.thread.take() {
            // a panic there has printed itself
            let _ = thread.join();
        }
    }
}

async fn accept(listener: std::net::TcpListener, target: String, seen: watch::Receiver<Condition>) {
    let listener = TcpListener::from_std(listener).expect("the listener does not block");
    let mut dropped = seen.clone();
    let accepting = async {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(carry(client, target.clone(), seen.clone()));
        }
    };
    tokio::select! {
        () = accepting => {}
        _ = dropped.wait_for(|_| false) => {}
    }
}

/// Carries one connection until either end closes it or the link is cut.
async fn carry(mut client: TcpStream, target: String, seen: watch::Receiver<Condition>) {
    let mut cut = seen.clone();
    let both_ways = async {
        let Ok(mut server) = TcpStream::connect(target).await else {
            return;
        };
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let _ = tokio::join!(
            pump(from_client, to_server, seen.clone()),
            pump(from_server, to_client, seen)
        );
    };
    tokio::select! {
        () = both_ways => {}
        _ = cut.wait_for(|condition| *condition == Condition::Cut) => {}
    }
}

async fn pump(
    mut from: tcp::ReadHalf<'_>,
    mut to: tcp::WriteHalf<'_>,
    mut seen: watch::Receiver<Condition>,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if seen
            .wait_for(|condition| *condition == Condition::Open)
            .await
            .is_err()
        {
            return Ok(());
        }
        if count == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..count]).await?;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_link_carries_waits_and_is_cut() {
        let server = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let link = Link::to(server.local_addr().unwrap().to_string()).unwrap();
        let mut near = std::net::TcpStream::connect(link.address()).unwrap();
        let (mut far, _) = server.accept().unwrap();
        let mut letter = [0; 1];

        near.write_all(b"a").unwrap();
        far.read_exact(&mut letter).unwrap();
        assert_eq!(&letter, b"a");

        link.set(Condition::Silent);
        near.write_all(b"b").unwrap();
        far.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        far.read_exact(&mut letter)
            .expect_err("nothing arrives while it is silent");
        link.set(Condition::Open);
        far.set_read_timeout(None).unwrap();
        far.read_exact(&mut letter).unwrap();
        assert_eq!(&letter, b"b");

        link.set(Condition::Cut);
        assert_eq!(near.read(&mut letter).unwrap_or_default(), 0);
        let mut refused = std::net::TcpStream::connect(link.address()).unwrap();
        assert_eq!(refused.read(&mut letter).unwrap_or_default(), 0);
    }
}
