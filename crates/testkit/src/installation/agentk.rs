//! agentk, outside of its cluster, with a kubeconfig.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::service::Service;
use crate::ports;
use crate::scratch::Scratch;

/// A running agentk.
#[derive(Debug)]
pub struct Agentk {
    service: Service,
    observability: u16,
    home: Scratch,
}

impl Agentk {
    /// Starts an agent that dials `kas_address` and keeps its Lease in `namespace` of the cluster that `kubeconfig` names.
    pub fn start(
        kas_address: &str,
        token: &str,
        kubeconfig: &Path,
        namespace: &str,
        log_level: &str,
    ) -> Result<Self> {
        Self::start_pod(
            kas_address,
            token,
            kubeconfig,
            namespace,
            "agentk-test",
            log_level,
        )
    }

    /// Starts one of several pods of an agent.
    pub fn start_pod(
        kas_address: &str,
        token: &str,
        kubeconfig: &Path,
        namespace: &str,
        pod: &str,
        log_level: &str,
    ) -> Result<Self> {
        let home = Scratch::create("agentk")?;
        let token_file = home.path().join("token");
        fs::write(&token_file, token).context("failed to write the agent's token")?;
        let observability = ports::free()?;
        let arguments = [
            "--kas-address",
            kas_address,
            "--token-file",
            &token_file.to_string_lossy(),
            "--kubeconfig",
            &kubeconfig.to_string_lossy(),
            "--pod-namespace",
            namespace,
            "--pod-name",
            pod,
            "--observability-listen-address",
            &format!("127.0.0.1:{observability}"),
            "--log-level",
            log_level,
            "--log-format",
            "text",
        ];
        let arguments = arguments.map(str::to_owned).to_vec();
        let service = Service::start("agentk", arguments, home.path().join("agentk.log"))?;
        Ok(Self {
            service,
            observability,
            home,
        })
    }

    /// Puts another token into its token file, as a rotated Secret does.
    pub fn replace_token(&self, token: &str) -> Result<()> {
        fs::write(self.home.path().join("token"), token).context("failed to write the agent's token")
    }

    /// The program, to be stopped, killed and started again.
    pub fn service(&mut self) -> &mut Service {
        &mut self.service
    }

    /// Where metrics and probes are.
    pub fn observability_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.observability)
    }
}
