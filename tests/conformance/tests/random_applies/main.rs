//! Random applies to objects with random histories, each predicted and sent to an API server as a dry run.
//!
//! `GLOPS_RANDOM_APPLIES` says how many (300), `GLOPS_RANDOM_SEED` where to begin. Cases that differ are written to
//! a file in the form of the recorded ones.

#![expect(clippy::print_stdout, reason = "the counts are the result")]

mod declared;
mod history;
mod kinds;
mod random;
mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use futures::{StreamExt as _, stream};
use manifest::GroupKind;
use serde_json::{Value, json};
use structured_merge::{ApplyOptions, Outcome, Predictor};
use suite_conformance::ssa::{Problem, own_time, problems};
use testkit::ControlPlane;
use testkit::Options;

use crate::history::Story;
use crate::kinds::{Kind, definition, kinds};
use crate::random::Random;
use crate::server::{Server, Write};

const IN_FLIGHT: usize = 8;

/// What became of one apply.
enum Verdict {
    /// Predicted as the server did it.
    Equal(&'static str),
    /// Left to the server.
    Asked,
    /// The server's validation refused what was merged, which is not predicted.
    Unchecked,
    Declared(&'static str),
    Differs(Value),
}

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test]
async fn random_applies_are_predicted() {
    let plane = ControlPlane::start(&Options::without_controllers()).expect("a control plane starts");
    let server = Server::of(&plane).await;
    define_widgets(&server).await;
    let kinds = kinds();
    let predictor = predictor(&server, &kinds).await;
    let (count, seed) = (
        number("GLOPS_RANDOM_APPLIES", 300),
        number("GLOPS_RANDOM_SEED", 1),
    );
    let verdicts: Vec<Verdict> = stream::iter(seed..seed + count)
        .map(|seed| one(&server, &predictor, &kinds, seed))
        .buffer_unordered(IN_FLIGHT)
        .collect()
        .await;
    report(verdicts);
}

async fn one(server: &Server, predictor: &Predictor, kinds: &[Vec<Kind>], seed: u64) -> Verdict {
    let random = &mut Random::new(seed);
    let versions = random.pick(kinds);
    let mut story = Story::new(server, versions, format!("o{seed}"));
    story.go_on(random).await;
    let kind = story.version(random);
    let (manager, config) = story.configuration(random, kind);
    let force = random.percent(50);
    let live = server.read(story.place(kind)).await;
    let how = Write::Apply { force, dry_run: true };
    let (code, answer) = server.write(story.place(kind), how, &manager, &config).await;
    let case = case(&story, kind, &live, (&manager, force, config), (code, answer));
    server.delete(story.place(kind)).await;
    verdict(predictor, case)
}

/// In the form of the recorded cases.
fn case(
    story: &Story<'_>,
    kind: &Kind,
    live: &Value,
    apply: (&str, bool, Value),
    answer: (u16, Value),
) -> Value {
    let (manager, force, config) = apply;
    let (code, mut answer) = answer;
    let class = match code {
        200 => "merged",
        201 => "created",
        409 => "conflict",
        422 => "refused",
        _ => "error",
    };
    let mut case = json!({"id": story.name, "kind": kind.name, "history": story.told, "live": live, "class": class,
        "code": code, "apply": {"manager": manager, "force": force, "config": config}});
    if code < 300 {
        case["result"] = answer;
    } else {
        case["error"] = json!({"reason": answer["reason"].take(), "message": answer["message"].take(),
            "causes": answer["details"]["causes"].take()});
    }
    case
}

fn verdict(predictor: &Predictor, mut case: Value) -> Verdict {
    let class = match case["class"].as_str() {
        Some("merged") => "merged",
        Some("created") => "created",
        Some("conflict") => "conflict",
        Some("error") => "error",
        _ => return Verdict::Unchecked,
    };
    let manager = case["apply"]["manager"].as_str().expect("a case has a manager");
    let options = ApplyOptions {
        manager,
        force: case["apply"]["force"] == true,
        time: own_time(&case, manager),
    };
    let live = Some(&case["live"]).filter(|live| !live.is_null());
    let outcome = predictor.predict(live, &case["apply"]["config"], options);
    if matches!(outcome, Outcome::AskServer(_)) {
        return Verdict::Asked;
    }
    let problems = problems(&case, &outcome);
    if problems.is_empty() {
        return Verdict::Equal(class);
    }
    if let Some(reason) = declared::reason(&problems, &case) {
        return Verdict::Declared(reason);
    }
    let texts: Vec<String> = problems.iter().map(Problem::to_string).collect();
    case["problem"] = texts.join("; ").into();
    Verdict::Differs(case)
}

fn report(verdicts: Vec<Verdict>) {
    let mut equal: BTreeMap<&str, usize> = BTreeMap::new();
    let mut declared: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut asked, mut unchecked, mut differing) = (0, 0, Vec::new());
    for verdict in verdicts {
        match verdict {
            Verdict::Equal(class) => *equal.entry(class).or_default() += 1,
            Verdict::Declared(reason) => *declared.entry(reason).or_default() += 1,
            Verdict::Asked => asked += 1,
            Verdict::Unchecked => unchecked += 1,
            Verdict::Differs(case) => differing.push(case),
        }
    }
    let all: usize = equal.values().sum();
    println!(
        "random applies: {all} equal {equal:?}, {asked} left to the server, {unchecked} refused by validation, \
         declared {declared:?}, {} differ",
        differing.len()
    );
    for case in &differing {
        println!(
            "{} ({} {}): {}",
            case["id"],
            case["class"],
            case["kind"],
            case["problem"].as_str().unwrap_or_default()
        );
    }
    if !differing.is_empty() {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("random-applies.jsonl");
        let lines: String = differing.iter().map(|case| format!("{case}\n")).collect();
        std::fs::write(&file, lines).expect("the file can be written");
        println!("the cases are in {}", file.display());
    }
    assert!(
        differing.is_empty(),
        "{} applies were predicted otherwise",
        differing.len()
    );
    assert!(asked * 20 <= all, "at most 5 % may be left to the server");
}

async fn define_widgets(server: &Server) {
    let definition = definition();
    server.create_definition(&definition).await;
    for _ in 0..200 {
        let served = server.get("/openapi/v3").await;
        let paths = &served["paths"];
        if !paths["apis/test.glops.dev/v1"].is_null() && !paths["apis/test.glops.dev/v1beta1"].is_null() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the custom resource is not served");
}

async fn predictor(server: &Server, kinds: &[Vec<Kind>]) -> Predictor {
    let mut predictor = Predictor::new();
    let versions: BTreeSet<&str> = kinds.iter().flatten().map(|kind| kind.api_version).collect();
    for version in versions {
        let root = if version.contains('/') { "apis" } else { "api" };
        let document = server.get(&format!("/openapi/v3/{root}/{version}")).await;
        predictor
            .add_open_api(&document, |_| true)
            .expect("the server publishes schemas");
    }
    for versions in kinds {
        let group = versions[0]
            .api_version
            .rsplit_once('/')
            .map_or("", |(group, _)| group);
        let served = versions.iter().map(|kind| kind.api_version.to_owned()).collect();
        predictor.set_served_versions(&GroupKind::new(group, versions[0].name), served);
    }
    predictor
}
