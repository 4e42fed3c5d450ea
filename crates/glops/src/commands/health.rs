use std::path::PathBuf;

use clap::ValueEnum;
use engine::health::{self, Profile};
use manifest::{Object, stream};
use serde_json::{Value, json};

use crate::{
    cli::{GlobalArgs, Output},
    commands::unsupported_output,
    error::{CommandError, Exit, Result},
    print::{json, table::table},
    source::Source,
    ui::Ui,
};

/// Tell the health of objects in a file; no cluster is asked.
///
/// Live objects come from elsewhere: `kubectl get deploy -o yaml | glops health -`.
#[derive(clap::Args, Debug)]
pub(crate) struct HealthArgs {
    /// The file, a directory, or - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Whose verdicts and words.
    #[arg(long, env = "GLOPS_PROFILE", value_enum, default_value_t = ProfileName::Kstatus)]
    profile: ProfileName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileName {
    /// Current, InProgress, Failed, … as kstatus has them.
    Kstatus,
    /// Healthy, Progressing, Degraded, … as Argo CD has them.
    Argo,
}
