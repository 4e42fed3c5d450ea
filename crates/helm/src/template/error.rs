use std::fmt;

use crate::capabilities::KubeVersion;
use crate::chart::chain;
use crate::{chart, engine, output, schema, values};

const SCHEMA: &str = "values don't meet the specifications of the schema(s) in the following chart(s):";

/// Why a chart cannot be rendered. Helm's words quote what values and files hold, which may be secret:
/// [`Error::outline`] does not.
#[derive(thiserror::Error)]
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
    #[error("{SCHEMA}\n{0}")]
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
        let mut text = chain(self);
        if matches!(
            self,
            Self::KubeVersion { .. } | Self::Template(_) | Self::Manifest(_)
        ) {
            text.push_str("\n\nUse --debug flag to render out invalid YAML");
        }
        text
    }

    /// What failed, and where: file, line, column, what was being executed, and nothing that values, constants or
    /// rendered files hold. For logs and reports.
    pub fn outline(&self) -> String {
        match self {
            Self::Values(error) => error.outline(),
            Self::Chart(error) => error.outline(),
            Self::Schema(violations) => format!("{SCHEMA}\n{}", violations.outline()),
            Self::Template(error) => error.outline().to_owned(),
            Self::Manifest(error) => error.outline(),
            _ => chain(self),
        }
    }
}

impl fmt::Debug for Error {
    /// Without values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?})", self.outline())
    }
}
