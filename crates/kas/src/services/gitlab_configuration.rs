use rpc::{
    gitlab::agent::agent_configuration::rpc::{
        ConfigurationRequest, ConfigurationResponse, agent_configuration_server::AgentConfiguration,
    },
    source::{Problem, ProblemReason},
};
use tonic::{Code, Request, Response, Status};

use super::{
    Context,
    feed::{ConfigurationFeed, News},
    stream::{self, Outgoing, Responses},
};

/// `gitlab.agent.agent_configuration.rpc.AgentConfiguration`: trouble ends the stream, and the agent calls again.
#[derive(Debug)]
pub(crate) struct GitlabConfigurationService(pub(crate) Context);

#[tonic::async_trait]
impl AgentConfiguration for GitlabConfigurationService {
    type GetConfigurationStream = Responses<ConfigurationResponse>;

    async fn get_configuration(
        &self,
        request: Request<ConfigurationRequest>,
    ) -> Result<Response<Self::GetConfigurationStream>, Status> {
        let (session, life) = self.0.accept(&request)?;
        let (context, agent) = (self.0.clone(), session.agent.clone());
        let request = request.into_inner();
        let work = move |outgoing: Outgoing<ConfigurationResponse>| async move {
            let _open = context.metrics.stream("gitlab_configuration");
            let _registered = (!request.skip_register)
                .then(|| Registered::new(&context, agent.id, request.agent_meta.unwrap_or_default()));
            let mut feed = ConfigurationFeed::open(&context, agent, &request.commit_id)
                .await
                .map_err(|problem| status_of(&problem))?;
            loop {
                let news = tokio::select! {
                    news = feed.next() => news,
                    () = outgoing.over() => return Ok(()),
                };
                match news {
                    None => return Ok(()),
                    Some(News::Unchanged { .. }) => {}
                    // GitLab's kas waits for the first commit too
                    Some(News::Problem(problem)) if problem.reason == ProblemReason::RepositoryEmpty => {}
                    Some(News::Problem(problem)) => return Err(status_of(&problem)),
                    Some(News::Configuration(wire)) => {
                        let commit_id = wire.configuration.commit_id;
                        let configuration = wire.configuration.agent;
                        outgoing
                            .send(ConfigurationResponse {
                                configuration,
                                commit_id,
                            })
                            .await?;
                    }
                }
            }
        };
        stream::open(session, life, work)
    }
}

fn status_of(problem: &Problem) -> Status {
    let code = match problem.reason {
        ProblemReason::ProjectNotFound | ProblemReason::ReferenceNotFound => Code::NotFound,
        ProblemReason::Invalid | ProblemReason::LimitExceeded => Code::FailedPrecondition,
        _ => Code::Unavailable,
    };
    Status::new(code, format!("Config: {problem}"))
}

/// An agent too old to register itself is registered for as long as its stream is open.
struct Registered {
    context: Context,
    agent_id: i64,
    pod_id: i64,
}

impl Registered {
    fn new(context: &Context, agent_id: i64, meta: rpc::gitlab::agent::entity::AgentMeta) -> Self {
        let pod_id = rand::random();
        context.pods.register(agent_id, pod_id, meta);
        Self {
            context: context.clone(),
            agent_id,
            pod_id,
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.context.pods.unregister(self.agent_id, self.pod_id);
    }
}
