//! The command line of each server.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::kubeconfig;
use super::options::Options;
use super::place::Place;
use super::workspace::Workspace;

const STAGES: &str = include_str!("stages.yaml");

/// What every command line needs to know.
pub(crate) struct Site<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) place: &'a Place,
}

impl Site<'_> {
    /// etcd, which forgets fsync because nobody mourns a test's data.
    pub(crate) fn etcd(&self) -> Vec<String> {
        let url = format!("http://127.0.0.1:{}", self.place.etcd_port);
        let any_port = "http://127.0.0.1:0";
        self.command(
            "etcd",
            &[
                ("name", "test".to_owned()),
                ("data-dir", path(&self.workspace.file("etcd"))),
                ("listen-client-urls", url.clone()),
                ("advertise-client-urls", url),
                ("listen-peer-urls", any_port.to_owned()),
                ("initial-advertise-peer-urls", any_port.to_owned()),
                ("initial-cluster", format!("test={any_port}")),
                ("unsafe-no-fsync", "true".to_owned()),
                ("quota-backend-bytes", (4_u64 << 30).to_string()),
                ("log-level", "warn".to_owned()),
            ],
        )
    }

    /// kube-apiserver. A loopback address is no valid endpoint, hence no endpoint reconciler.
    pub(crate) fn api_server(&self, options: &Options) -> Vec<String> {
        let pki = |name: &str| path(&self.workspace.pki(name));
        let mut command = self.command(
            "kube-apiserver",
            &[
                (
                    "etcd-servers",
                    format!("http://127.0.0.1:{}", self.place.etcd_port),
                ),
                ("etcd-prefix", self.place.etcd_prefix.clone()),
                ("bind-address", "127.0.0.1".to_owned()),
                ("advertise-address", "127.0.0.1".to_owned()),
                ("secure-port", self.place.api_port.to_string()),
                ("endpoint-reconciler-type", "none".to_owned()),
                ("tls-cert-file", pki("apiserver.crt")),
                ("tls-private-key-file", pki("apiserver.key")),
                ("client-ca-file", pki("ca.crt")),
                (
                    "service-account-issuer",
                    "https://kubernetes.default.svc".to_owned(),
                ),
                ("service-account-key-file", pki("service-accounts.pub")),
                ("service-account-signing-key-file", pki("service-accounts.key")),
                ("service-cluster-ip-range", "10.96.0.0/12".to_owned()),
                ("authorization-mode", "Node,RBAC".to_owned()),
                ("allow-privileged", "true".to_owned()),
                ("requestheader-client-ca-file", pki("ca.crt")),
                ("requestheader-allowed-names", "front-proxy-client".to_owned()),
                ("requestheader-username-headers", "X-Remote-User".to_owned()),
                ("requestheader-group-headers", "X-Remote-Group".to_owned()),
                ("requestheader-extra-headers-prefix", "X-Remote-Extra-".to_owned()),
                ("proxy-client-cert-file", pki("front-proxy.crt")),
                ("proxy-client-key-file", pki("front-proxy.key")),
                ("event-ttl", "10m".to_owned()),
                ("profiling", "false".to_owned()),
            ],
        );
        command.extend(options.api_server_flags.iter().cloned());
        command
    }

    /// kube-controller-manager with every controller that needs no cloud.
    pub(crate) fn controller_manager(&self) -> Result<Vec<String>> {
        let kubeconfig = self.component_kubeconfig("kube-controller-manager")?;
        let of_clouds = [
            "-node-ipam",
            "-node-route",
            "-service-lb",
            "-cloud-node-lifecycle",
        ];
        let controllers = format!("*,{}-controller", of_clouds.join("-controller,"));
        Ok(self.command(
            "kube-controller-manager",
            &[
                ("kubeconfig", kubeconfig.clone()),
                ("authentication-kubeconfig", kubeconfig.clone()),
                ("authorization-kubeconfig", kubeconfig),
                ("secure-port", "0".to_owned()),
                ("leader-elect", "false".to_owned()),
                ("use-service-account-credentials", "true".to_owned()),
                (
                    "service-account-private-key-file",
                    path(&self.workspace.pki("service-accounts.key")),
                ),
                ("root-ca-file", path(&self.workspace.pki("ca.crt"))),
                ("cluster-name", "test".to_owned()),
                ("controllers", controllers),
                ("kube-api-qps", "1000".to_owned()),
                ("kube-api-burst", "2000".to_owned()),
                ("node-monitor-grace-period", "120s".to_owned()),
                ("profiling", "false".to_owned()),
            ],
        ))
    }

    /// kube-scheduler; its request limits exist in a configuration file only.
    pub(crate) fn scheduler(&self) -> Result<Vec<String>> {
        let kubeconfig = self.component_kubeconfig("kube-scheduler")?;
        let configuration = serde_json::json!({
            "apiVersion": "kubescheduler.config.k8s.io/v1",
            "kind": "KubeSchedulerConfiguration",
            "leaderElection": {"leaderElect": false},
            "clientConnection": {"kubeconfig": kubeconfig, "qps": 1000, "burst": 2000},
        });
        let file = self.workspace.file("scheduler.json");
        fs::write(&file, configuration.to_string())
            .context("failed to write the scheduler's configuration")?;
        Ok(self.command(
            "kube-scheduler",
            &[
                ("config", path(&file)),
                ("secure-port", "0".to_owned()),
                ("authentication-kubeconfig", kubeconfig.clone()),
                ("authorization-kubeconfig", kubeconfig),
            ],
        ))
    }

    /// kwok with our own stages; it has none built in.
    pub(crate) fn kwok(&self) -> Result<Vec<String>> {
        let kubeconfig = kubeconfig::for_user(
            self.workspace,
            self.place.api_port,
            "kwok",
            "kwok",
            Some("system:masters"),
        )?;
        let stages = self.workspace.file("stages.yaml");
        fs::write(&stages, STAGES).context("failed to write kwok's stages")?;
        Ok(self.command(
            "kwok",
            &[
                ("kubeconfig", path(&kubeconfig)),
                ("config", path(&stages)),
                ("manage-all-nodes", "true".to_owned()),
                ("node-lease-duration-seconds", "40".to_owned()),
                ("cidr", "10.244.0.0/16".to_owned()),
                ("v", "WARN".to_owned()),
            ],
        ))
    }

    fn component_kubeconfig(&self, name: &str) -> Result<String> {
        let user = format!("system:{name}");
        Ok(path(&kubeconfig::for_user(
            self.workspace,
            self.place.api_port,
            name,
            &user,
            None,
        )?))
    }

    fn command(&self, program: &str, flags: &[(&str, String)]) -> Vec<String> {
        let flags = flags.iter().map(|(name, value)| format!("--{name}={value}"));
        std::iter::once(path(&self.place.programs.path(program)))
            .chain(flags)
            .collect()
    }
}

fn path(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
