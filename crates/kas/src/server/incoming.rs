use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_stream::Stream;
use tonic::transport::server::Connected;

use super::tls::Certificates;
use crate::settings::Listen;

/// A peer that takes longer to agree on TLS, or to say its first word, is let go.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// After an error of the listener, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// When the connection of a request was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectedSince(Instant);

impl ConnectedSince {
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

impl Default for ConnectedSince {
    fn default() -> Self {
        Self(Instant::now())
    }
}

/// Connections of a listener, TLS agreed on already where it is on.
#[derive(Debug)]
pub(super) struct Incoming {
    address: SocketAddr,
    connections: mpsc::Receiver<Connection>,
}

impl Incoming {
    /// Begins to listen.
    pub(super) async fn bind(listen: &Listen) -> anyhow::Result<Self> {
        let [incoming] = Self::bind_shared(listen).await?;
        Ok(incoming)
    }

    /// Begins to listen for several servers, which get connections in turn.
    pub(super) async fn bind_shared<const SERVERS: usize>(
        listen: &Listen,
    ) -> anyhow::Result<[Self; SERVERS]> {
        let certificates = listen.tls.as_ref().map(Certificates::read).transpose()?;
        let listener = TcpListener::bind(listen.address)
            .await
            .with_context(|| format!("failed to listen on {}", listen.address))?;
        let address = listener.local_addr()?;
        let mut senders = Vec::with_capacity(SERVERS);
        let incoming = std::array::from_fn(|_| {
            let (sender, connections) = mpsc::channel(64);
            senders.push(sender);
            Self { address, connections }
        });
        tokio::spawn(accept(listener, certificates, senders));
        Ok(incoming)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Accepts until nobody takes connections any more; the listener closes with that.
async fn accept(
    listener: TcpListener,
    mut certificates: Option<Certificates>,
    senders: Vec<mpsc::Sender<Connection>>,
) {
    // they stop together
    for sender in senders.iter().cycle() {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = sender.closed() => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        // small messages are not held back; a peer that this fails for has gone already
        drop(stream.set_nodelay(true));
        let acceptor = certificates.as_mut().map(Certificates::acceptor);
        let sender = sender.clone();
        tokio::spawn(async move {
            let since = ConnectedSince::default();
            if let Some(stream) = agree(stream, acceptor, peer).await {
                // nobody takes it while stopping
                drop(sender.send(Connection { stream, since, peer }).await);
            }
        });
    }
}

async fn agree(stream: TcpStream, acceptor: Option<TlsAcceptor>, peer: SocketAddr) -> Option<Wire> {
    let Some(acceptor) = acceptor else {
        // a peer that says nothing at all is let go as well
        let spoken = tokio::time::timeout(HANDSHAKE_TIMEOUT, stream.readable()).await;
        return matches!(spoken, Ok(Ok(()))).then_some(Wire::Plain(stream));
    };
    match tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => Some(Wire::Tls(Box::new(stream))),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "TLS handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!(%peer, "TLS handshake took too long");
            None
        }
    }
}

impl Stream for Incoming {
    type Item = io::Result<Connection>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.connections
            .poll_recv(context)
            .map(|connection| connection.map(Ok))
    }
}

impl axum::serve::Listener for Incoming {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.connections.recv().await {
            Some(connection) => {
                let peer = connection.peer;
                (connection, peer)
            }
            // the task that accepts outlives this receiver
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

#[derive(Debug)]
enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Wire,
    since: ConnectedSince,
    peer: SocketAddr,
}

impl Connected for Connection {
    type ConnectInfo = ConnectedSince;

    fn connect_info(&self) -> ConnectedSince {
        self.since
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Wire::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Wire::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Wire::Plain(stream) => Pin::new(stream).poll_write(context, buffer),
            Wire::Tls(stream) => Pin::new(stream).poll_write(context, buffer),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.stream {
            Wire::Plain(stream) => Pin::new(stream).poll_write_vectored(context, buffers),
            Wire::Tls(stream) => Pin::new(stream).poll_write_vectored(context, buffers),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Wire::Plain(stream) => stream.is_write_vectored(),
            Wire::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(context),
            Wire::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Wire::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
