//! A Git server, kas and agentk together, for one project and one namespace.

use std::path::PathBuf;

use anyhow::Result;

use super::agentk::Agentk;
use super::kas::Kas;
use crate::control_plane::{ControlPlane, TestNamespace};
use crate::git::{Commit, GitServer, Repository};
use crate::link::Link;

const AGENT: &str = "test";
const BRANCH: &str = "main";

/// Everything between a push and the cluster.
#[derive(Debug)]
pub struct Installation {
    /// The agent.
    pub agentk: Agentk,
    /// The server that it dials.
    pub kas: Kas,
    /// The project that the agent keeps, which holds its configuration too.
    pub repository: Repository,
    /// Where the project is.
    pub git: GitServer,
    /// The network between agentk and kas.
    pub link: Link,
    token: String,
    kubeconfig: PathBuf,
    namespace: String,
}

impl Installation {
    /// Starts all of it with `first` as the project's first commit. The agent keeps its Lease in `namespace` and applies
    /// what `app/*.yaml` holds; `settings` are added to its configuration.
    pub fn start(
        plane: &ControlPlane,
        namespace: &TestNamespace<'_>,
        first: Commit,
        settings: &str,
        log_level: &str,
    ) -> Result<Self> {
        let git = GitServer::start()?;
        let repository = git.create(namespace.name())?;
        let configuration = format!(
            "gitops:\n  manifest_projects:\n  - default_namespace: {}\n    prune: true\n    paths:\n    - glob: /app/*.yaml\n{settings}",
            namespace.name()
        );
        repository.commit(
            BRANCH,
            &first.write(format!(".gitlab/agents/{AGENT}/config.yaml"), configuration),
        )?;
        let kas = Kas::start(&[&repository], log_level)?;
        let token = kas.create_agent(AGENT, repository.name())?;
        let kubeconfig = plane.kubeconfig().to_path_buf();
        let namespace = namespace.name().to_owned();
        let link = Link::to(format!("127.0.0.1:{}", kas.agent_port()))?;
        let address = format!("grpc://{}", link.address());
        let agentk = Agentk::start(&address, &token, &kubeconfig, &namespace, log_level)?;
        Ok(Self {
            agentk,
            kas,
            repository,
            git,
            link,
            token,
            kubeconfig,
            namespace,
        })
    }

    /// Adds a commit and tells kas of the push.
    pub fn push(&self, commit: &Commit) -> Result<String> {
        let id = self.repository.commit(BRANCH, commit)?;
        self.kas.tell_of_push(&self.repository, BRANCH)?;
        Ok(id)
    }

    /// Starts another pod of the agent.
    pub fn start_pod(&self, pod: &str, log_level: &str) -> Result<Agentk> {
        let address = format!("grpc://{}", self.link.address());
        let (kubeconfig, namespace) = (&self.kubeconfig, &self.namespace);
        Agentk::start_pod(&address, &self.token, kubeconfig, namespace, pod, log_level)
    }

    /// The agent's token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The namespace of the agent.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The kubeconfig that the agent uses.
    pub fn kubeconfig(&self) -> &std::path::Path {
        &self.kubeconfig
    }
}
