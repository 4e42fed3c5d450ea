use std::sync::Arc;

use bytes::Bytes;
use git::ObjectId;
use rpc::{
    MAX_MESSAGE_PAYLOAD,
    gitlab::agent::gitops::rpc::{
        ObjectsToSynchronizeRequest, ObjectsToSynchronizeResponse,
        gitops_server::Gitops,
        objects_to_synchronize_response::{Header, Message, Object, Trailer},
    },
    source::{Problem, ProblemReason},
};
use tonic::{Code, Request, Response, Status};

use super::collect;
use crate::{
    identity::AgentIdentity,
    projects::{Commit, State},
    services::{
        Context, chain,
        manifests::git_reference,
        stream::{self, Outgoing, Responses},
    },
};

/// `gitlab.agent.gitops.rpc.Gitops`.
#[derive(Debug)]
pub(crate) struct GitopsService(pub(crate) Context);

#[tonic::async_trait]
impl Gitops for GitopsService {
    type GetObjectsToSynchronizeStream = Responses<ObjectsToSynchronizeResponse>;

    async fn get_objects_to_synchronize(
        &self,
        request: Request<ObjectsToSynchronizeRequest>,
    ) -> Result<Response<Self::GetObjectsToSynchronizeStream>, Status> {
        let (session, life) = self.0.accept(&request)?;
        let request = request.into_inner();
        let max_paths = self.0.settings.gitops.max_paths;
        if request.project_id.is_empty() || request.paths.is_empty() {
            return Err(Status::invalid_argument("project_id and paths are needed"));
        }
        if request.paths.len() > max_paths {
            return Err(Status::invalid_argument(format!(
                "maximum number of GitOps paths per manifest project is {max_paths}, but {} was requested",
                request.paths.len()
            )));
        }
        let (context, agent) = (self.0.clone(), session.agent.clone());
        let work = |outgoing| next_commit(context, agent, request, outgoing);
        stream::open(session, life, work)
    }
}

async fn next_commit(
    context: Context,
    agent: Arc<AgentIdentity>,
    request: ObjectsToSynchronizeRequest,
    outgoing: Outgoing<ObjectsToSynchronizeResponse>,
) -> Result<(), Status> {
    let _open = context.metrics.stream("gitops");
    let project = context.projects.find(&request.project_id, &agent);
    let project = project.ok_or_else(|| Status::not_found("project not found"))?;
    let reference = rpc::source::Reference::from(request.r#ref.clone());
    let watch = context.projects.watch(project, git_reference(reference));
    let known = ObjectId::from_hex(request.commit_id.as_bytes()).ok();
    let mut state = watch.subscribe();
    state.mark_changed();
    loop {
        tokio::select! {
            changed = state.changed() => if changed.is_err() { return Ok(()) },
            () = outgoing.over() => return Ok(()),
        }
        let now = state.borrow_and_update().clone();
        match now {
            State::Unknown => {}
            State::Problem(problem) if problem.reason == ProblemReason::RepositoryEmpty => {}
            State::Problem(problem) => return Err(status_of(&problem)),
            State::Commit(commit) if Some(commit.id) == known => {}
            State::Commit(commit) => {
                return send(&context, commit, request, project.number, &outgoing).await;
            }
        }
    }
}

async fn send(
    context: &Context,
    commit: Arc<Commit>,
    request: ObjectsToSynchronizeRequest,
    project_number: i64,
    outgoing: &Outgoing<ObjectsToSynchronizeResponse>,
) -> Result<(), Status> {
    let limits = context.settings.gitops.clone();
    let commit_id = commit.id.to_string();
    let collected =
        tokio::task::spawn_blocking(move || collect::collect(&commit, &request.paths, &limits)).await;
    let objects = collected
        .map_err(|_| Status::unavailable("GitOps: reading the repository ended unexpectedly"))?
        .map_err(|error| {
            let message = format!("GitOps: failed to get objects to synchronize: {}", chain(&error));
            Status::failed_precondition(message)
        })?;
    context.metrics.gitops_sync();
    let message = |message| ObjectsToSynchronizeResponse {
        message: Some(message),
    };
    outgoing
        .send(message(Message::Header(Header {
            commit_id,
            project_id: project_number,
        })))
        .await?;
    for (source, mut content) in objects {
        // an empty file is one message too
        loop {
            let data: Bytes = content.split_to(content.len().min(MAX_MESSAGE_PAYLOAD));
            outgoing
                .send(message(Message::Object(Object {
                    source: source.clone(),
                    data,
                })))
                .await?;
            if content.is_empty() {
                break;
            }
        }
    }
    outgoing.send(message(Message::Trailer(Trailer {}))).await
}

fn status_of(problem: &Problem) -> Status {
    let code = match problem.reason {
        ProblemReason::ReferenceNotFound | ProblemReason::ProjectNotFound => Code::NotFound,
        _ => Code::Unavailable,
    };
    Status::new(code, format!("GitOps: {problem}"))
}
