//! Compares this crate with Go's libraries on real files.
//!
//! `cargo run --release -p yaml --example agree -- ORACLE PATH...`, where ORACLE is the program that
//! `ci/oracle/yaml` builds. Every `.yaml` and `.yml` file below the paths is read by both; what they differ in is
//! listed, and what was read is written again by both.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().context("the path of the oracle is missing")?;
    let mut oracle = Oracle::start(Path::new(&program))?;
    let mut files = Vec::new();
    for path in arguments {
        collect(Path::new(&path), &mut files)?;
    }
    let mut count = Count::default();
    for file in &files {
        compare(&mut oracle, file, &mut count)?;
    }
    println!("{count:?}");
    Ok(())
}

#[derive(Debug, Default)]
struct Count {
    files: usize,
    refused_v2: usize,
    refused_v3: usize,
    verdicts_differ: usize,
    values_differ: usize,
    errors_differ: usize,
    written: usize,
    written_differ: usize,
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path)?.collect::<Result<_, _>>()?;
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            if !entry.file_type()?.is_symlink() {
                collect(&entry.path(), files)?;
            }
        }
    } else if path
        .extension()
        .is_some_and(|name| name == "yaml" || name == "yml")
    {
        files.push(path.to_owned());
    }
    Ok(())
}

struct Oracle {
    _child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    fn start(program: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let requests = child.stdin.take().context("no stdin")?;
        let answers = BufReader::new(child.stdout.take().context("no stdout")?);
        Ok(Self {
            _child: child,
            requests,
            answers,
        })
    }

    fn ask(&mut self, request: &Value) -> anyhow::Result<Value> {
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        Ok(serde_json::from_str(&answer)?)
    }
}

fn compare(oracle: &mut Oracle, file: &Path, count: &mut Count) -> anyhow::Result<()> {
    let text = std::fs::read(file)?;
    let answer = oracle.ask(&json!({"name": "", "base64": STANDARD.encode(&text)}))?;
    count.files += 1;
    let ours = [reading(yaml::from_slice(&text, yaml::Reader::V2))];
    count.refused_v2 += usize::from(ours[0].get("error").is_some());
    judge(file, "v2", &ours, &[answer["v2"].clone()], count);
    let ours: Vec<Value> = documents(&text);
    let theirs = answer["v3"].as_array().cloned().unwrap_or_default();
    count.refused_v3 += usize::from(ours.iter().any(|one| one.get("error").is_some()));
    judge(file, "v3", &ours, &theirs, count);
    for document in &ours {
        if let Some(value) = document.get("json").filter(|value| !value.is_null()) {
            let answer = oracle.ask(&json!({"name": "", "value": value}))?;
            count.written += 1;
            let compact = yaml::to_string(value);
            let pretty = yaml::to_pretty_string(value);
            if answer["compact"] != *compact || answer["pretty"] != *pretty {
                count.written_differ += 1;
                let (ours, theirs) = if answer["compact"] == *compact {
                    (pretty, &answer["pretty"])
                } else {
                    (compact, &answer["compact"])
                };
                show_difference(file, &ours, theirs.as_str().unwrap_or_default());
            }
        }
    }
    Ok(())
}

fn documents(text: &[u8]) -> Vec<Value> {
    let mut documents = Vec::new();
    for document in yaml::documents(text, yaml::Reader::V3) {
        let document = reading(document.map(|document| document.value));
        let stop = document.get("error").is_some();
        documents.push(document);
        if stop {
            break;
        }
    }
    documents
}

fn reading(result: Result<Value, yaml::Error>) -> Value {
    match result {
        Ok(value) => json!({ "json": value }),
        Err(error) => json!({ "error": error.go_text() }),
    }
}

fn judge(file: &Path, reader: &str, ours: &[Value], theirs: &[Value], count: &mut Count) {
    let refused = |readings: &[Value]| readings.iter().position(|one| one.get("error").is_some());
    let values = |readings: &[Value]| -> Vec<Value> {
        readings
            .iter()
            .filter_map(|one| one.get("json").cloned())
            .collect()
    };
    let error = |readings: &[Value]| -> String {
        let error = readings
            .iter()
            .find_map(|one| one["error"].as_str())
            .unwrap_or_default();
        error
            .trim_start_matches("error converting YAML to JSON: ")
            .to_owned()
    };
    let what = if refused(ours) != refused(theirs) {
        count.verdicts_differ += 1;
        "verdicts"
    } else if error(ours) != error(theirs) {
        count.errors_differ += 1;
        "errors"
    } else if values(ours) != values(theirs) {
        count.values_differ += 1;
        for (ours, theirs) in ours.iter().zip(theirs) {
            if ours["json"] != theirs["json"] {
                show_difference(
                    file,
                    &yaml::to_string(&ours["json"]),
                    &yaml::to_string(&theirs["json"]),
                );
            }
        }
        "values"
    } else {
        return;
    };
    println!("{what} of {reader} differ: {}", file.display());
    println!("  ours:   {}\n  theirs: {}", error(ours), error(theirs));
}

fn show_difference(file: &Path, ours: &str, theirs: &str) {
    println!("{}", file.display());
    let mut lines = ours.lines().zip(theirs.lines());
    match lines.find(|(ours, theirs)| ours != theirs) {
        Some((ours, theirs)) => println!("  ours:   {ours}\n  theirs: {theirs}"),
        None => println!("  {} and {} lines", ours.lines().count(), theirs.lines().count()),
    }
}
