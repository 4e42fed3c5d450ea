//! Manifests as GitLab's kas gives them: all files of a new commit in one answer; the next call waits for the next.

use std::collections::BTreeMap;

use bytes::Bytes;
use rpc::{
    client::Connection,
    configuration::ManifestProject,
    gitlab::agent::gitops::rpc::{
        gitops_client::GitopsClient,
        objects_to_synchronize_response::{Header, Message},
    },
    manifests::{BlobId, Entry, FileMode, Snapshot},
};
use sha2::{Digest as _, Sha256};

use crate::manifests::Broken;

/// More than GitLab's kas sends of one commit, by default 20 MiB.
const MAX_TOTAL_BYTES: usize = 256 * 1024 * 1024;

/// The next commit that is not `held`; `None` when kas ended the wait without one.
pub(crate) async fn next_commit(
    connection: &Connection,
    project: &ManifestProject,
    held: &str,
) -> Result<Option<Snapshot>, Broken> {
    let request = project.gitlab_request(held);
    let mut client = GitopsClient::new(connection.clone());
    let mut stream = client.get_objects_to_synchronize(request).await?.into_inner();
    let Some(first) = stream.message().await? else {
        return Ok(None);
    };
    let Some(Message::Header(header)) = first.message else {
        return Err(Broken::Gitlab);
    };
    let (mut files, mut total) = (BTreeMap::<String, Vec<u8>>::new(), 0);
    while let Some(next) = stream.message().await? {
        match next.message {
            Some(Message::Object(object)) if total <= MAX_TOTAL_BYTES => {
                total += object.data.len();
                files.entry(object.source).or_default().extend(object.data);
            }
            Some(Message::Trailer(_)) => return Ok(Some(snapshot(header, files))),
            _ => return Err(Broken::Gitlab),
        }
    }
    // half a commit is none: what is missing of it would be deleted
    Err(Broken::Gitlab)
}

fn snapshot(header: Header, files: BTreeMap<String, Vec<u8>>) -> Snapshot {
    let mut snapshot = Snapshot {
        commit_id: header.commit_id,
        project_number: header.project_id,
        ..Snapshot::default()
    };
    for (path, content) in files {
        // Git's own ids do not travel here; any that equal contents share will do
        let blob = BlobId(Bytes::copy_from_slice(&Sha256::digest(&content)));
        let entry = Entry {
            mode: FileMode::File,
            blob: blob.clone(),
            size: content.len() as u64,
            omitted: false,
        };
        snapshot.entries.insert(path, entry);
        snapshot.blobs.insert(blob, content.into());
    }
    snapshot
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt as _, stream, stream::BoxStream};
    use rpc::{
        client::{self, Kas, Token},
        configuration::AgentConfiguration,
        gitlab::agent::{
            agentcfg,
            gitops::rpc::{
                ObjectsToSynchronizeRequest, ObjectsToSynchronizeResponse,
                gitops_server::{Gitops, GitopsServer},
                objects_to_synchronize_response::{Object, Trailer},
            },
        },
    };
    use tokio::{net::TcpListener, sync::watch};
    use tokio_stream::wrappers::TcpListenerStream;
    use tokio_util::sync::CancellationToken;
    use tonic::{Request, Response, Status};

    use super::*;
    use crate::manifests::{Known, follow};

    /// GitLab's kas 16: it has this service and none of ours.
    struct GitlabKas;

    #[tonic::async_trait]
    impl Gitops for GitlabKas {
        type GetObjectsToSynchronizeStream = BoxStream<'static, Result<ObjectsToSynchronizeResponse, Status>>;

        async fn get_objects_to_synchronize(
            &self,
            request: Request<ObjectsToSynchronizeRequest>,
        ) -> Result<Response<Self::GetObjectsToSynchronizeStream>, Status> {
            let object = |source: &str, data: &'static str| {
                Message::Object(Object {
                    source: source.into(),
                    data: data.into(),
                })
            };
            let header = |commit: &str| {
                Message::Header(Header {
                    commit_id: commit.into(),
                    project_id: 7,
                })
            };
            let whole = [
                header("c1"),
                object("a.yaml", "kind: "),
                object("a.yaml", "A"),
                object("b.yaml", "kind: B"),
                Message::Trailer(Trailer {}),
            ];
            // the end of the second commit is lost
            let half = [header("c2"), object("a.yaml", "kind: A")];
            let messages = match request.into_inner().commit_id.as_str() {
                "" => whole.to_vec(),
                _ => half.to_vec(),
            };
            let response = |message| {
                Ok(ObjectsToSynchronizeResponse {
                    message: Some(message),
                })
            };
            Ok(Response::new(
                stream::iter(messages.into_iter().map(response)).boxed(),
            ))
        }
    }

    async fn connection() -> Connection {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tonic::transport::Server::builder()
            .add_service(GitopsServer::new(GitlabKas))
            .serve_with_incoming(TcpListenerStream::new(listener));
        tokio::spawn(served);
        let kas = Kas {
            address: format!("grpc://{address}").parse().unwrap(),
            ca: None,
            tls_server_name: None,
            headers: Vec::new(),
        };
        client::open(&kas, &Token::new("glagent-x").unwrap(), "test").unwrap()
    }

    fn project() -> ManifestProject {
        let project = agentcfg::ManifestProjectCf {
            id: Some("group/app".into()),
            ..agentcfg::ManifestProjectCf::default()
        };
        let agent = agentcfg::AgentConfiguration {
            gitops: Some(agentcfg::GitopsCf {
                manifest_projects: vec![project],
            }),
            project_path: "group/config".into(),
            ..agentcfg::AgentConfiguration::default()
        };
        let configuration = AgentConfiguration::from_gitlab("c0".into(), agent).unwrap();
        configuration.projects[0].clone()
    }

    #[tokio::test]
    async fn gitlabs_kas_is_followed_and_half_a_commit_is_none() {
        let connection = connection().await;
        let (sender, mut known) = watch::channel(Known::default());
        let stop = CancellationToken::new();
        let following = tokio::spawn(follow(connection.clone(), project(), sender, stop.clone()));
        let found = known
            .wait_for(|known| known.snapshot.is_some())
            .await
            .unwrap()
            .clone();
        let snapshot = found.snapshot.unwrap();
        assert_eq!((snapshot.commit_id.as_str(), snapshot.project_number), ("c1", 7));
        assert_eq!(snapshot.content("a.yaml").unwrap(), "kind: A");
        assert_eq!(snapshot.content("b.yaml").unwrap(), "kind: B");
        let half = next_commit(&connection, &project(), "c1").await;
        assert!(matches!(half, Err(Broken::Gitlab)));
        stop.cancel();
        following.await.unwrap();
        assert_eq!(known.borrow().snapshot.as_ref().unwrap().commit_id, "c1");
    }
}
