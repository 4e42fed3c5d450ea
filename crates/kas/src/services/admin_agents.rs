use std::sync::Arc;

use rpc::glops::admin::v1::{
    self as wire, AgentSelector, CreateAgentRequest, CreateAgentResponse, CreateTokenRequest,
    CreateTokenResponse, ListAgentsRequest, ListAgentsResponse, RevokeAgentRequest, RevokeAgentResponse,
    RevokeTokenRequest, RevokeTokenResponse, ShowAgentRequest, ShowAgentResponse, agents_server,
};
use rpc::record::timestamp;
use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    configuration::is_agent_name,
    database::{AgentRecord, Error, TokenRecord},
    identity::{Administrators, AgentIdentity, NewToken},
};

/// `glops.admin.v1.Agents`.
#[derive(Debug)]
pub(crate) struct AgentsService {
    pub(crate) context: Context,
    pub(crate) administrators: Administrators,
}

#[tonic::async_trait]
impl agents_server::Agents for AgentsService {
    async fn create_agent(
        &self,
        request: Request<CreateAgentRequest>,
    ) -> Result<Response<CreateAgentResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let request = request.into_inner();
        self.check(&request)?;
        let token_name = if request.token_name.is_empty() {
            "default".to_owned()
        } else {
            request.token_name
        };
        let token = NewToken::for_agent();
        let created = self
            .context
            .database
            .create_agent(request.name, request.project_id, token_name, token.hash())
            .await;
        let (agent, token_id) = created.map_err(|error| match error {
            Error::Exists { .. } => Status::already_exists("an agent of that name exists in this project"),
            error => self.context.database_failed(&error),
        })?;
        self.context
            .agents
            .admit(token.hash(), token_id, Arc::new(identity(&agent)));
        tracing::info!(
            agent = agent.id,
            name = agent.name,
            project = agent.project_id,
            "agent created"
        );
        let agent = self.show(agent).await?;
        Ok(Response::new(CreateAgentResponse {
            agent: Some(agent),
            token: token.into_text(),
        }))
    }

    async fn list_agents(
        &self,
        request: Request<ListAgentsRequest>,
    ) -> Result<Response<ListAgentsResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let include_revoked = request.into_inner().include_revoked;
        let agents = self
            .context
            .database
            .agents()
            .await
            .map_err(|error| self.context.database_failed(&error))?;
        let tokens = self.tokens().await?;
        let shown = agents
            .into_iter()
            .filter(|agent| include_revoked || agent.revoked_at.is_none());
        let agents = shown.map(|agent| self.agent(agent, &tokens)).collect();
        Ok(Response::new(ListAgentsResponse { agents }))
    }

    async fn show_agent(
        &self,
        request: Request<ShowAgentRequest>,
    ) -> Result<Response<ShowAgentResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let agent = self.context.select(request.into_inner().agent).await?;
        Ok(Response::new(ShowAgentResponse {
            agent: Some(self.show(agent).await?),
        }))
    }

    async fn revoke_agent(
        &self,
        request: Request<RevokeAgentRequest>,
    ) -> Result<Response<RevokeAgentResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let agent = self.context.select(request.into_inner().agent).await?;
        let id = agent.id;
        // first here: a database that fails must not keep the token alive
        self.context.agents.revoke_agent(id);
        self.context.pods.forget(id);
        let revoked = self.context.database.revoke_agent(id).await;
        revoked.map_err(|error| self.context.database_failed(&error))?;
        tracing::info!(agent = id, name = agent.name, "agent revoked");
        let selector = AgentSelector {
            id,
            ..AgentSelector::default()
        };
        let agent = self.context.select(Some(selector)).await?;
        Ok(Response::new(RevokeAgentResponse {
            agent: Some(self.show(agent).await?),
        }))
    }

    async fn create_token(
        &self,
        request: Request<CreateTokenRequest>,
    ) -> Result<Response<CreateTokenResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let request = request.into_inner();
        let agent = self.context.select(request.agent).await?;
        if agent.revoked_at.is_some() {
            return Err(Status::failed_precondition(
                "the agent is revoked; create it anew",
            ));
        }
        let secret = NewToken::for_agent();
        let name = if request.name.is_empty() {
            "default".to_owned()
        } else {
            request.name
        };
        let created = self
            .context
            .database
            .create_token(agent.id, name, secret.hash())
            .await;
        let id = created.map_err(|error| self.context.database_failed(&error))?;
        self.context
            .agents
            .admit(secret.hash(), id, Arc::new(identity(&agent)));
        let token = self.token(id).await?;
        Ok(Response::new(CreateTokenResponse {
            token: Some(token),
            secret: secret.into_text(),
        }))
    }

    async fn revoke_token(
        &self,
        request: Request<RevokeTokenRequest>,
    ) -> Result<Response<RevokeTokenResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let id = request.into_inner().token_id;
        self.token(id).await?;
        self.context.agents.revoke_token(id);
        let revoked = self.context.database.revoke_token(id).await;
        revoked.map_err(|error| self.context.database_failed(&error))?;
        Ok(Response::new(RevokeTokenResponse {
            token: Some(self.token(id).await?),
        }))
    }
}

impl AgentsService {
    fn check(&self, request: &CreateAgentRequest) -> Result<(), Status> {
        if !is_agent_name(&request.name) {
            return Err(Status::invalid_argument(
                "an agent's name has lower-case letters, digits and inner dashes, at most 63",
            ));
        }
        if !self.context.projects.contains(&request.project_id) {
            return Err(Status::failed_precondition(format!(
                "project {:?} is not known to kas; add it to git.projects there",
                request.project_id
            )));
        }
        Ok(())
    }

    async fn tokens(&self) -> Result<Vec<TokenRecord>, Status> {
        self.context
            .database
            .tokens()
            .await
            .map_err(|error| self.context.database_failed(&error))
    }

    async fn token(&self, id: i64) -> Result<wire::Token, Status> {
        let tokens = self.tokens().await?;
        let found = tokens.iter().find(|token| token.id == id).map(token);
        found.ok_or_else(|| Status::not_found("token not found"))
    }

    async fn show(&self, agent: AgentRecord) -> Result<wire::Agent, Status> {
        Ok(self.agent(agent, &self.tokens().await?))
    }

    fn agent(&self, agent: AgentRecord, tokens: &[TokenRecord]) -> wire::Agent {
        let connections = self
            .context
            .pods
            .of(agent.id)
            .into_iter()
            .map(|pod| wire::Connection {
                agent_meta: Some(pod.meta),
                pod_id: pod.id,
                connected_at: Some(timestamp(pod.connected_at)),
            });
        wire::Agent {
            id: agent.id,
            name: agent.name,
            project_id: agent.project_id,
            created_at: Some(timestamp(agent.created_at)),
            revoked_at: agent.revoked_at.map(timestamp),
            tokens: tokens
                .iter()
                .filter(|token| token.agent_id == agent.id)
                .map(token)
                .collect(),
            connections: connections.collect(),
            last_seen_at: agent.last_seen_at.map(timestamp),
        }
    }
}

impl Context {
    /// The agent that a caller names. Agents that are revoked are found by id alone.
    pub(super) async fn select(&self, selector: Option<AgentSelector>) -> Result<AgentRecord, Status> {
        let selector = selector.unwrap_or_default();
        if selector.id != 0 {
            let agent = self
                .database
                .agent(selector.id)
                .await
                .map_err(|error| self.database_failed(&error))?;
            return agent.ok_or_else(|| Status::not_found("agent not found"));
        }
        let agents = self
            .database
            .agents()
            .await
            .map_err(|error| self.database_failed(&error))?;
        let is_named = |agent: &AgentRecord| {
            agent.revoked_at.is_none()
                && agent.name == selector.name
                && (selector.project_id.is_empty() || agent.project_id == selector.project_id)
        };
        let mut named = agents.into_iter().filter(is_named);
        match (named.next(), named.next()) {
            (Some(agent), None) => Ok(agent),
            (None, _) => Err(Status::not_found("agent not found")),
            (Some(_), Some(_)) => Err(Status::failed_precondition(
                "two agents have this name; say of which project",
            )),
        }
    }
}

fn identity(agent: &AgentRecord) -> AgentIdentity {
    AgentIdentity {
        id: agent.id,
        name: agent.name.clone(),
        project_id: agent.project_id.clone(),
    }
}

fn token(token: &TokenRecord) -> wire::Token {
    wire::Token {
        id: token.id,
        name: token.name.clone(),
        created_at: Some(timestamp(token.created_at)),
        last_used_at: token.last_used_at.map(timestamp),
        revoked_at: token.revoked_at.map(timestamp),
    }
}
