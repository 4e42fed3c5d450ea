use std::sync::Arc;

use rpc::{
    glops::manifests::v1::{WatchRequest, WatchResponse, manifest_source_server::ManifestSource},
    source::{Problem, ProblemReason},
};
use tonic::{Request, Response, Status};

use super::{
    request::Wanted,
    sender::{Sender, Sent},
};
use crate::{
    identity::AgentIdentity,
    projects::State,
    services::{
        Context,
        stream::{self, Outgoing, Responses},
    },
};

/// `glops.manifests.v1.ManifestSource`.
#[derive(Debug)]
pub(crate) struct ManifestService(pub(crate) Context);

#[tonic::async_trait]
impl ManifestSource for ManifestService {
    type WatchStream = Responses<WatchResponse>;

    async fn watch(&self, request: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let (session, life) = self.0.accept(&request)?;
        let wanted = Wanted::try_from(request.into_inner())?;
        let (context, agent) = (self.0.clone(), session.agent.clone());
        let work = |outgoing| follow(context, agent, wanted, outgoing);
        stream::open(session, life, work)
    }
}

async fn follow(
    context: Context,
    agent: Arc<AgentIdentity>,
    wanted: Wanted,
    outgoing: Outgoing<WatchResponse>,
) -> Result<(), Status> {
    let _open = context.metrics.stream("manifests");
    let limits = context.settings.manifests.clone();
    let metrics = context.metrics.clone();
    let Some(project) = context.projects.find(&wanted.project_id, &agent) else {
        let sender = Sender::new(outgoing, wanted.selection, limits, 0, metrics);
        sender.problem(unknown_project(&wanted.project_id)).await?;
        sender.outgoing.over().await;
        return Ok(());
    };
    let watch = context.projects.watch(project, wanted.reference);
    let mut sender = Sender::new(outgoing, wanted.selection, limits, project.number, metrics);
    let mut state = watch.subscribe();
    state.mark_changed();
    let mut known = (!wanted.known_commit_id.is_empty()).then_some(wanted.known_commit_id);
    loop {
        tokio::select! {
            changed = state.changed() => if changed.is_err() { return Ok(()) },
            () = sender.outgoing.over() => return Ok(()),
        }
        let now = state.borrow_and_update().clone();
        match now {
            State::Unknown => {}
            State::Problem(problem) => sender.problem(problem).await?,
            State::Commit(commit) => {
                if let Some(known) = known.take() {
                    let newest = commit.id.to_string();
                    if newest == known || context.projects.has_had(project.number, &known).await {
                        sender.assume(&commit, &known).await?;
                    }
                }
                let sent = sender
                    .commit(&commit, || state.has_changed().unwrap_or(true))
                    .await?;
                if sent == Sent::Superseded {
                    tracing::debug!(agent = agent.id, commit = %commit.id, "superseded while it was being sent");
                }
            }
        }
    }
}

fn unknown_project(id: &str) -> Problem {
    // whether it exists is not told to who may not read it
    Problem {
        reason: ProblemReason::ProjectNotFound,
        message: format!(
            "project {id} is not known to kas or may not be read by this agent; see git.projects there"
        ),
        commit_id: String::new(),
    }
}
