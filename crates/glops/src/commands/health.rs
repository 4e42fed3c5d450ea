use std::{fs, path::PathBuf, time::SystemTime};

use clap::ValueEnum;
use engine::health::{self, Profile, Verdict};
use serde_json::{Value, json};

use crate::{
    cli::{GlobalArgs, Output},
    error::{CommandError, Context as _, Exit, Result},
    print::{json::lines, table::table},
    source::read_stdin,
    ui::Ui,
};

/// Tell the health of objects in a file; no cluster is asked.
///
/// Live objects come from elsewhere: `kubectl get deployments -o yaml | glops health -`.
#[derive(clap::Args, Debug)]
pub(crate) struct HealthArgs {
    /// The file, or - for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Whose verdicts and words.
    #[arg(long, env = "GLOPS_PROFILE", value_enum, default_value_t = ProfileName::Kstatus)]
    profile: ProfileName,
    /// Tell by the exit code: 0 everything is healthy, 2 something is not.
    #[arg(long, env = "GLOPS_EXIT_CODE", alias = "detailed-exitcode")]
    exit_code: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProfileName {
    /// Current, InProgress, Failed, … as kstatus has them.
    Kstatus,
    /// As kstatus, but a Job counts when it is complete, as Flux has it.
    Flux,
    /// Healthy, Progressing, Degraded, … as Argo CD has them.
    Argo,
}

impl ProfileName {
    fn profile(self) -> Profile {
        match self {
            Self::Kstatus => Profile::Kstatus,
            Self::Flux => Profile::Flux,
            Self::Argo => Profile::Argo,
        }
    }
}

pub(crate) fn run(ui: &Ui, global: &GlobalArgs, args: &HealthArgs) -> Result<Exit> {
    let output = global.output_of(Output::Text, &[Output::Json])?;
    let (name, text) = if args.file.as_os_str() == "-" {
        ("standard input".to_owned(), read_stdin()?)
    } else {
        let name = args.file.display().to_string();
        let text = fs::read(&args.file).context(format!("failed to read {name}"))?;
        (name, text)
    };
    let mut judged = Vec::new();
    let mut failed = 0;
    for document in health::documents(&text) {
        match document {
            Ok(object) => {
                let verdict = health::assess_value(&object, args.profile.profile(), SystemTime::now());
                judged.push((object, verdict));
            }
            Err(problem) => {
                failed += 1;
                let place = format!("failed to read a document of {name}");
                ui.error(&CommandError {
                    error: CommandError::of(&problem).error.context(place),
                    hints: Vec::new(),
                });
            }
        }
    }
    ui.data(match output {
        Output::Json => lines(
            judged
                .iter()
                .map(|(object, verdict)| record(object, verdict.as_ref())),
        ),
        _ if judged.is_empty() => String::new(),
        _ => table(
            ["STATUS", "NAMESPACE", "OBJECT", "MESSAGE"],
            judged
                .iter()
                .map(|(object, verdict)| row(object, verdict.as_ref())),
        ),
    })?;
    if failed > 0 {
        return Err(CommandError::new(match failed {
            1 => format!("one document of {name} could not be read, see above"),
            count => format!("{count} documents of {name} could not be read, see above"),
        }));
    }
    let is_good = judged
        .iter()
        .all(|(_, verdict)| verdict.as_ref().is_none_or(|verdict| verdict.status.is_good()));
    Ok(if args.exit_code && !is_good {
        Exit::Changes
    } else {
        Exit::Done
    })
}

fn row(object: &Value, verdict: Option<&Verdict>) -> [String; 4] {
    [
        verdict.map_or_else(|| "-".to_owned(), |verdict| verdict.status.to_string()),
        text_at(object, "/metadata/namespace").to_owned(),
        format!(
            "{}/{}",
            text_at(object, "/kind"),
            text_at(object, "/metadata/name")
        ),
        verdict.map(|verdict| verdict.message.clone()).unwrap_or_default(),
    ]
}

fn record(object: &Value, verdict: Option<&Verdict>) -> Value {
    let api_version = text_at(object, "/apiVersion");
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    json!({
        "group": group,
        "kind": text_at(object, "/kind"),
        "namespace": text_at(object, "/metadata/namespace"),
        "name": text_at(object, "/metadata/name"),
        "status": verdict.map(|verdict| verdict.status.to_string()),
        "message": verdict.map(|verdict| verdict.message.clone()).unwrap_or_default(),
    })
}

fn text_at<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
