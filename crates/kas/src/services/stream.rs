//! How an open stream ends: with its work, with the token that opened it, with the caller, or, when it only waits, with the
//! age of its connection.

use std::{future::Future, time::Duration};

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Response, Status};

use crate::identity::Session;

/// Messages that may wait for a slow reader.
const BUFFERED: usize = 4;

/// The answer of a streaming call.
pub(crate) type Responses<T> = ReceiverStream<Result<T, Status>>;

/// Until when a stream may wait for something to happen.
#[derive(Debug)]
pub(crate) struct Life {
    over: CancellationToken,
    left: Duration,
}

impl Life {
    pub(crate) fn new(over: CancellationToken, left: Duration) -> Self {
        Self { over, left }
    }
}

/// The sending half of an open stream.
#[derive(Debug)]
pub(crate) struct Outgoing<T> {
    sender: mpsc::Sender<Result<T, Status>>,
    over: CancellationToken,
}

impl<T> Outgoing<T> {
    /// Sends a message; waits while the reader is slow. An error means that there is no reader any more.
    pub(crate) async fn send(&self, message: T) -> Result<(), Status> {
        self.sender
            .send(Ok(message))
            .await
            .map_err(|_| Status::cancelled("the caller has gone"))
    }

    /// Ends when the stream should no longer wait.
    pub(crate) async fn over(&self) {
        self.over.cancelled().await;
    }
}

/// Runs `work` for an open stream; an agent that has too many open gets no other.
pub(crate) fn open<T, F>(
    session: Session,
    life: Life,
    work: impl FnOnce(Outgoing<T>) -> F + Send + 'static,
) -> Result<Response<Responses<T>>, Status>
where
    T: Send + 'static,
    F: Future<Output = Result<(), Status>> + Send + 'static,
{
    let room = session.open_stream()?;
    let (sender, receiver) = mpsc::channel(BUFFERED);
    let Life { over, left } = life;
    tokio::spawn(async move {
        let _room = room;
        let aging = over.clone();
        let age = async move {
            tokio::time::sleep(left).await;
            aging.cancel();
            std::future::pending::<()>().await;
        };
        let ended = tokio::select! {
            biased;
            () = session.revoked() => Err(Status::unauthenticated("unauthenticated")),
            () = sender.closed() => return,
            result = work(Outgoing { sender: sender.clone(), over }) => result,
            () = age => Ok(()),
        };
        if let Err(status) = ended {
            // a caller that has gone needs no reason
            drop(sender.send(Err(status)).await);
        }
    });
    Ok(Response::new(ReceiverStream::new(receiver)))
}
