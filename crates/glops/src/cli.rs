//! The command line as it is typed. Doc comments here are the help texts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    commands::{
        agent, apply, completion, delete, diff, drift, health, inventory, preview, render, status, version,
    },
    error::{CommandError, Result},
};

/// Render, diff, preview and apply Kubernetes manifests kept in Git.
#[derive(Debug, Parser)]
#[command(
    name = "glops",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    max_term_width = 110
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags that every command has; the names are kubectl's.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Kubeconfig file to use instead of $KUBECONFIG or ~/.kube/config.
    #[arg(long, global = true, env = "GLOPS_KUBECONFIG", value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig to use.
    #[arg(long, global = true, env = "GLOPS_CONTEXT")]
    pub(crate) context: Option<String>,
    /// Cluster of the kubeconfig to use.
    #[arg(long, global = true, env = "GLOPS_CLUSTER")]
    pub(crate) cluster: Option<String>,
    /// User of the kubeconfig to use.
    #[arg(long, global = true, env = "GLOPS_USER")]
    pub(crate) user: Option<String>,
    /// Namespace for objects that name none, and for the inventory.
    #[arg(short, long, global = true, env = "GLOPS_NAMESPACE")]
    pub(crate) namespace: Option<String>,
    /// User to act as.
    #[arg(long = "as", global = true, env = "GLOPS_AS", value_name = "USER")]
    pub(crate) act_as: Option<String>,
    /// Groups to act as; may be given several times.
    #[arg(
        long = "as-group",
        global = true,
        env = "GLOPS_AS_GROUP",
        value_name = "GROUP",
        value_delimiter = ','
    )]
    pub(crate) act_as_groups: Vec<String>,
    /// How long one request to the cluster may take: 30s, 2m; 0 for no bound.
    #[arg(
        long,
        global = true,
        env = "GLOPS_REQUEST_TIMEOUT",
        value_name = "DURATION",
        default_value = "30s"
    )]
    pub(crate) request_timeout: String,
    /// Form of the output; each command says which it knows.
    #[arg(short, long, global = true, env = "GLOPS_OUTPUT", value_enum)]
    pub(crate) output: Option<Output>,
    /// When to colour.
    #[arg(long, global = true, env = "GLOPS_COLOR", value_enum, default_value_t)]
    pub(crate) color: ColorChoice,
    /// Say nothing on stderr but warnings and errors.
    #[arg(short, long, global = true, env = "GLOPS_QUIET")]
    pub(crate) quiet: bool,
    /// Log more on stderr: -v decisions, -vv requests.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    #[arg(skip)]
    color_environment: Option<bool>,
}

impl GlobalArgs {
    /// The form of output that was asked for, one of those that a command knows; without it, the first.
    pub(crate) fn output_of(&self, first: Output, others: &[Output]) -> Result<Output> {
        let wanted = self.output.unwrap_or(first);
        if wanted == first || others.contains(&wanted) {
            return Ok(wanted);
        }
        let name = |output: &Output| {
            output
                .to_possible_value()
                .map(|value| value.get_name().to_owned())
                .unwrap_or_default()
        };
        let known: Vec<String> = std::iter::once(&first).chain(others).map(name).collect();
        Err(
            CommandError::new(format!("this command cannot print {}", name(&wanted)))
                .hint(format!("its forms are: {}", known.join(", "))),
        )
    }

    /// What `NO_COLOR`, `CLICOLOR_FORCE`, `FORCE_COLOR`, `TERM=dumb` and `GITLAB_CI` say about colours, if anything.
    pub(crate) fn color_by_environment(&self) -> Option<bool> {
        self.color_environment
    }

    /// Takes in what the environment says about colours; flags are already read.
    pub(crate) fn with_environment(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
        self.color_environment = if set("NO_COLOR") {
            Some(false)
        } else if set("CLICOLOR_FORCE")
            || set("FORCE_COLOR")
            || variable("GITLAB_CI").as_deref() == Some("true")
        {
            Some(true)
        } else if variable("TERM").as_deref() == Some("dumb") {
            Some(false)
        } else {
            None
        };
        self
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people.
    Text,
    /// For a merge request.
    Markdown,
    /// For programs.
    Json,
    /// Manifests, or data as YAML.
    Yaml,
    /// Names alone, a line each.
    Name,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Render(render::RenderArgs),
    Diff(diff::DiffArgs),
    Preview(preview::PreviewArgs),
    Apply(apply::ApplyArgs),
    Delete(delete::DeleteArgs),
    Status(status::StatusArgs),
    Health(health::HealthArgs),
    Drift(drift::DriftArgs),
    Inventory(inventory::InventoryCommandArgs),
    Agent(agent::AgentArgs),
    Completion(completion::CompletionArgs),
    Version(version::VersionArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_reference_is_up_to_date() {
        testkit::assert_golden(
            "docs/reference/glops.md",
            &testkit::reference::page(Cli::command()),
        );
    }

    #[test]
    fn no_color_beats_ci() {
        let environment = |name: &str| matches!(name, "NO_COLOR" | "GITLAB_CI").then(|| "true".to_owned());
        assert_eq!(
            GlobalArgs::default()
                .with_environment(environment)
                .color_by_environment(),
            Some(false)
        );
        assert_eq!(
            GlobalArgs::default()
                .with_environment(|_| None)
                .color_by_environment(),
            None
        );
    }
}
