use crate::capabilities::KubeVersion;
use crate::{chart, engine, output, schema, values};

/// Why a chart cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What the user sets cannot be read.
    #[error(transparent)]
    Values(#[from] values::Error),
    /// The chart cannot be loaded.
    #[error(transparent)]
    Chart(#[from] chart::Error),
    /// The chart only serves others.
    #[error("{0} charts are not installable")]
    NotInstallable(String),
    /// `Chart.yaml` names charts that are not there.
    #[error(
        "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to \
         fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}", .0.join(", ")
    )]
    MissingDependencies(Vec<String>),
    /// Values of a subchart are no table.
    #[error(transparent)]
    Coalesce(#[from] values::TypeMismatch),
    /// Values are not what a schema demands.
    #[error("values don't meet the specifications of the schema(s) in the following chart(s):\n{0}")]
    Schema(schema::Violations),
    /// The chart is made for other versions of Kubernetes.
    #[error("chart requires kubeVersion: {constraint} which is incompatible with Kubernetes {}", .version.version())]
    KubeVersion {
        /// What the chart wants.
        constraint: String,
        /// What is there.
        version: KubeVersion,
    },
    /// A template failed.
    #[error(transparent)]
    Template(#[from] engine::Error),
    /// A rendered file is no YAML that Helm could read.
    #[error(transparent)]
    Manifest(#[from] output::Error),
    /// No template has a name that was asked for.
    #[error("could not find template {0} in chart")]
    NoSuchTemplate(String),
    /// The caller cancelled between two steps of the render.
    #[error("render was cancelled")]
    Cancelled,
    /// There are more templates than allowed.
    #[error("chart has more than {0} templates")]
    TooManyTemplates(usize),
}

impl Error {
    /// What `helm template` prints behind `Error: `.
    pub fn helm_text(&self) -> String {
        let chain = std::iter::successors(Some(self as &dyn std::error::Error), |error| error.source());
        let mut text = chain.map(ToString::to_string).collect::<Vec<_>>().join(": ");
        if matches!(
            self,
            Self::KubeVersion { .. } | Self::Template(_) | Self::Manifest(_)
        ) {
            text.push_str("\n\nUse --debug flag to render out invalid YAML");
        }
        text
    }
}
