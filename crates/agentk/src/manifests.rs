//! Follows the manifests of one project: from the commits that kas sends to trees.

use std::sync::Arc;

use manifest::{Tree, TreePath, tree::MemoryTree};
use rpc::{
    client::Connection,
    configuration::ManifestProject,
    glops::manifests::v1::manifest_source_client::ManifestSourceClient,
    manifests::{FileMode, ProtocolError, Receiver, Snapshot, Update},
    source::{Problem, ProblemReason},
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tracing::{info, warn};

use crate::{
    backoff::{self, Backoff},
    configuration::advice,
    gitlab_manifests,
};

/// What is known of a project's manifests.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The newest whole commit.
    pub snapshot: Option<Arc<Snapshot>>,
    /// Why nothing newer can be had.
    pub problem: Option<Problem>,
}

/// Why a stream ended before its time.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// kas ended it.
    #[error("kas ended the stream: {}", .0.message())]
    Status(#[from] Status),
    /// A message of ours came where none is due.
    #[error("kas sent what does not belong into the stream")]
    Protocol(#[from] ProtocolError),
    /// A message of GitLab's came where none is due, or none came where one was.
    #[error("kas sent what does not belong into the stream of a commit")]
    Gitlab,
}

/// How a kas gives manifests.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// As differences between commits.
    Glops,
    /// All files of each commit.
    Gitlab,
}

/// Follows a project until `stop`; what is found is put into `known`, the newest in place of older ones.
pub async fn follow(
    connection: Connection,
    project: ManifestProject,
    known: watch::Sender<Known>,
    stop: CancellationToken,
) {
    let mut pauses = Backoff::new(backoff::STREAM);
    let mut dialect = Dialect::Glops;
    loop {
        let ended = tokio::select! {
            () = stop.cancelled() => return,
            ended = stream_in(dialect, &connection, &project, &known) => ended,
        };
        let broken = match ended {
            Ok(()) => {
                // kas ends a stream of a certain age on purpose
                pauses.reset();
                continue;
            }
            Err(Broken::Status(status)) if is_unimplemented(&status) && dialect == Dialect::Glops => {
                info!("this kas has no manifests as glops gives them; GitLab's service is used");
                dialect = Dialect::Gitlab;
                continue;
            }
            Err(broken) => broken,
        };
        let pause = pauses.after_failure();
        let advice = match &broken {
            // another kas may answer next time
            Broken::Status(status) if is_unimplemented(status) => {
                dialect = Dialect::Glops;
                "GitLab's kas gives no manifests since 17.0: connect this agent to a kas of glops"
            }
            Broken::Status(status) => advice(status),
            Broken::Protocol(_) | Broken::Gitlab => "kas and agentk may be of versions that do not fit",
        };
        warn!(project = %project.key, reason = %broken, advice, ?pause, "failed to follow the manifests");
        if let Broken::Status(status) = &broken
            && let Some(problem) = lasting_problem(status, advice)
        {
            known.send_if_modified(|known| known.problem.replace(problem.clone()) != Some(problem));
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn is_unimplemented(status: &Status) -> bool {
    status.code() == Code::Unimplemented
}

/// What a refusal tells of the project, when it is about the project and no passing trouble of the connection.
fn lasting_problem(status: &Status, advice: &str) -> Option<Problem> {
    let (reason, message) = match status.code() {
        Code::NotFound | Code::PermissionDenied => (ProblemReason::ProjectNotFound, status.message()),
        Code::FailedPrecondition | Code::InvalidArgument => (ProblemReason::Invalid, status.message()),
        Code::Unimplemented => (ProblemReason::Invalid, advice),
        _ => return None,
    };
    Some(Problem {
        reason,
        message: message.to_owned(),
        commit_id: String::new(),
    })
}

async fn stream_in(
    dialect: Dialect,
    connection: &Connection,
    project: &ManifestProject,
    known: &watch::Sender<Known>,
) -> Result<(), Broken> {
    match dialect {
        Dialect::Glops => stream(connection, project, known).await,
        Dialect::Gitlab => gitlab_commit(connection, project, known).await,
    }
}

/// Waits for one commit as GitLab gives it.
async fn gitlab_commit(
    connection: &Connection,
    project: &ManifestProject,
    known: &watch::Sender<Known>,
) -> Result<(), Broken> {
    let held = known.borrow().snapshot.clone();
    let held = held
        .as_ref()
        .map(|held| held.commit_id.clone())
        .unwrap_or_default();
    match gitlab_manifests::next_commit(connection, project, &held).await? {
        Some(snapshot) => {
            info!(project = %project.key, commit = snapshot.commit_id, files = snapshot.entries.len(), "commit received");
            known.send_replace(Known {
                snapshot: Some(Arc::new(snapshot)),
                problem: None,
            });
        }
        // nothing new in the life of a connection; one that ends at once must not be asked without a pause
        None => tokio::time::sleep(backoff::STREAM.initial).await,
    }
    Ok(())
}

async fn stream(
    connection: &Connection,
    project: &ManifestProject,
    known: &watch::Sender<Known>,
) -> Result<(), Broken> {
    let held = known.borrow().snapshot.clone();
    let request = project.watch_request(
        held.as_ref()
            .map(|held| held.commit_id.clone())
            .unwrap_or_default(),
    );
    let mut receiver = Receiver::new(held);
    let mut stream = ManifestSourceClient::new(connection.clone())
        .watch(request)
        .await?
        .into_inner();
    while let Some(message) = stream.message().await? {
        match receiver.handle(message)? {
            Some(Update::Snapshot(snapshot) | Update::UpToDate(snapshot)) => {
                info!(project = %project.key, commit = snapshot.commit_id, files = snapshot.entries.len(), "commit received");
                known.send_replace(Known {
                    snapshot: Some(snapshot),
                    problem: None,
                });
            }
            Some(Update::Problem(problem)) => {
                warn!(project = %project.key, reason = %problem, "no newer manifests; the last commit stays");
                known.send_modify(|known| known.problem = Some(problem));
            }
            None => {}
        }
    }
    Ok(())
}

/// The files of a commit as a tree. A file that was too large to be sent is there and cannot be read.
pub fn tree(snapshot: &Snapshot) -> Tree {
    let mut files = MemoryTree::default();
    for (name, entry) in &snapshot.entries {
        // the receiver lets no other path in
        let Ok(path) = TreePath::new(name) else { continue };
        match snapshot.blobs.get(&entry.blob) {
            Some(content) if entry.mode == FileMode::Symlink => {
                files.insert_link(&path, String::from_utf8_lossy(content));
            }
            Some(content) => files.insert(&path, content.clone()),
            None => {
                files.insert_unreadable(&path, format!("it has {} bytes, more than kas sends", entry.size));
            }
        }
    }
    Tree::new(files.with_identity(&snapshot.commit_id))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use rpc::manifests::{BlobId, Entry};

    use super::*;

    #[test]
    fn a_commit_becomes_a_tree_and_tells_what_was_not_sent() {
        let mut snapshot = Snapshot {
            commit_id: "c1".into(),
            ..Snapshot::default()
        };
        let files = [
            ("a.yaml", FileMode::File, Some("a: 1")),
            ("link", FileMode::Symlink, Some("a.yaml")),
            ("big.yaml", FileMode::File, None),
        ];
        for (index, (path, mode, content)) in files.into_iter().enumerate() {
            let blob = BlobId(Bytes::from(vec![index as u8]));
            let size = content.map_or(1 << 30, |content| content.len() as u64);
            let entry = Entry {
                mode,
                blob: blob.clone(),
                size,
                omitted: content.is_none(),
            };
            snapshot.entries.insert(path.to_owned(), entry);
            if let Some(content) = content {
                snapshot.blobs.insert(blob, Bytes::from(content));
            }
        }
        let tree = tree(&snapshot);
        assert_eq!(tree.read(&TreePath::new("link").unwrap()).unwrap(), "a: 1");
        assert_eq!(tree.identity().as_deref(), Some("c1"));
        let refused = tree
            .read(&TreePath::new("big.yaml").unwrap())
            .unwrap_err()
            .to_string();
        assert_eq!(
            refused,
            "/big.yaml cannot be read: it has 1073741824 bytes, more than kas sends"
        );
    }
}
