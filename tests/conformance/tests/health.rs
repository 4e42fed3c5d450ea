//! Verdicts against those recorded from kstatus and Argo CD, and against the project's own cases.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use engine::health::{Profile, Verdict, assess_value, documents};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    file: String,
    status: String,
    message: Option<String>,
    #[serde(default)]
    conditions: Vec<Condition>,
    #[serde(default)]
    absent: Vec<String>,
}

#[derive(Deserialize)]
struct Condition {
    #[serde(rename = "type")]
    kind: String,
    status: String,
    reason: String,
}

#[test]
fn shared_cases() {
    let root = std::env::var_os("GLOPS_CASES")
        .map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases"),
            PathBuf::from,
        )
        .join("health");
    if !root.is_dir() {
        println!("skipped: no cases at {}", root.display());
        return;
    }
    let (counts, failures) = run(&root);
    println!("{counts}");
    assert!(failures.is_empty(), "\n{failures}");
}

#[test]
fn own_cases() {
    let (counts, failures) = run(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/health"));
    println!("{counts}");
    assert!(failures.is_empty(), "\n{failures}");
}

/// How many passed in each set, a line for each, and the verdicts that failed.
fn run(root: &Path) -> (String, String) {
    let (mut counts, mut failures) = (String::new(), String::new());
    for (set, profile) in [("kstatus", Profile::Kstatus), ("argo", Profile::Argo)] {
        let list = fs::read(root.join(format!("{set}.json"))).expect("the set has a list of cases");
        let cases: Vec<Case> = serde_json::from_slice(&list).expect("a list of cases");
        let mut failed = 0;
        for case in &cases {
            let verdict = assess_value(
                &read(&root.join(set).join(&case.file)),
                profile,
                SystemTime::now(),
            );
            if !passes(case, profile, verdict.as_ref()) {
                failed += 1;
                let _ = writeln!(failures, "{set}/{}: {verdict:?}", case.file);
            }
        }
        let _ = writeln!(counts, "{set}: {} passed, {failed} failed", cases.len() - failed);
    }
    (counts, failures)
}

/// The object of a case.
fn read(path: &Path) -> Value {
    let text = fs::read(path).expect("the case has its object");
    let document = documents(&text).into_iter().next().expect("a document");
    document.expect("the document is YAML")
}

/// An Argo CD case pins the message; a kstatus case pins conditions that must and must not be there.
fn passes(case: &Case, profile: Profile, verdict: Option<&Verdict>) -> bool {
    let Some(verdict) = verdict.filter(|verdict| verdict.status.to_string() == case.status) else {
        return false;
    };
    if profile == Profile::Argo {
        return verdict.message == case.message.as_deref().unwrap_or_default();
    }
    let has = |wanted: &Condition| {
        verdict.conditions.iter().any(|found| {
            found.kind == wanted.kind && found.status == wanted.status && found.reason == wanted.reason
        })
    };
    case.conditions.iter().all(has)
        && verdict
            .conditions
            .iter()
            .all(|found| !case.absent.iter().any(|kind| kind == found.kind))
}
