//! What a test may ask of a control plane of its own.

/// How a control plane is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Run kube-controller-manager, kube-scheduler and kwok. Without them nothing but the API server and the test
    /// sends requests, so requests can be counted; Pods cannot be made and deletions of Namespaces do not end.
    pub controllers: bool,
    /// How many nodes kwok plays.
    pub nodes: usize,
    /// Flags for kube-apiserver, after testkit's own.
    pub api_server_flags: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            controllers: true,
            nodes: 3,
            api_server_flags: Vec::new(),
        }
    }
}

impl Options {
    /// An API server and etcd, nothing else.
    pub fn without_controllers() -> Self {
        Self {
            controllers: false,
            nodes: 0,
            ..Self::default()
        }
    }

    /// The same with one more flag for kube-apiserver, such as `--max-requests-inflight=2`.
    #[must_use]
    pub fn api_server_flag(mut self, flag: impl Into<String>) -> Self {
        self.api_server_flags.push(flag.into());
        self
    }
}
