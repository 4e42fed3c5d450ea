use rpc::gitlab::agent::agent_registrar::rpc::{
    RegisterRequest, RegisterResponse, agent_registrar_server::AgentRegistrar,
};
use tonic::{Request, Response, Status};

use super::Context;

/// `gitlab.agent.agent_registrar.rpc.AgentRegistrar`.
#[derive(Debug)]
pub(crate) struct RegistrarService(pub(crate) Context);

#[tonic::async_trait]
impl AgentRegistrar for RegistrarService {
    async fn register(
        &self,
        request: Request<RegisterRequest>,
    ) -> Result<Response<RegisterResponse>, Status> {
        let (session, _) = self.0.accept(&request)?;
        let request = request.into_inner();
        self.0.pods.register(
            session.agent.id,
            request.pod_id,
            request.agent_meta.unwrap_or_default(),
        );
        Ok(Response::new(RegisterResponse {}))
    }
}
