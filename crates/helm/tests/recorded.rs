//! The cases of `testdata/helm` against what helm said about them; `ci/oracle/record-helm` records them again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use helm::{Hooks, KubeVersion, Options, Release, template};
use manifest::{Tree, TreePath};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/helm")
}

fn names_of_cases() -> Vec<String> {
    let entries = fs::read_dir(cases()).expect("the cases can be listed");
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// The options that a case's `arguments` stand for, each a line of its own.
fn options(case: &Path) -> Options {
    let mut options = Options {
        release: Release {
            name: "rel".to_owned(),
            namespace: "ns".to_owned(),
            ..Release::default()
        },
        ..Options::default()
    };
    let folder = case.to_owned();
    options.read_file = Some(Arc::new(move |name| {
        fs::read(folder.join(name)).map_err(|error| error.to_string())
    }));
    for argument in fs::read_to_string(case.join("arguments"))
        .unwrap_or_default()
        .lines()
    {
        let (name, value) = argument.split_once('=').unwrap_or((argument, ""));
        set_option(&mut options, case, name, value);
    }
    options
}

fn set_option(options: &mut Options, case: &Path, name: &str, value: &str) {
    let values = &mut options.values;
    let text = value.to_owned();
    match name {
        "--values" => {
            let content = fs::read(case.join(value)).expect("a values file");
            values.files.push((text, content));
        }
        "--set" => values.set.push(text),
        "--set-string" => values.set_string.push(text),
        "--set-json" => values.set_json.push(text),
        "--set-file" => values.set_file.push(text),
        "--set-literal" => values.set_literal.push(text),
        "--show-only" => options.show_only.push(text),
        "--include-crds" => options.include_crds = true,
        "--no-hooks" => options.hooks = Hooks::Objects,
        "--skip-tests" => options.hooks = Hooks::HooksWithoutTests,
        "--is-upgrade" => options.release.is_upgrade = true,
        "--api-versions" => options.api_versions.push(text),
        "--kube-version" => options.kube_version = Some(KubeVersion::parse(value).expect("a version")),
        other => panic!("{other} is not an option of a case"),
    }
}

/// What a render says: its output, or its error.
fn said(tree: &Tree, case: &str) -> String {
    let chart = TreePath::new(&format!("{case}/chart")).expect("names of cases are paths");
    match template(tree, &chart, &options(&cases().join(case))) {
        Ok(rendered) => rendered.text,
        Err(error) => format!("Error: {}\n", error.helm_text()),
    }
}

#[test]
fn renders_say_what_helm_says() {
    let root = cases();
    let tree = Tree::directory(&root);
    let names = names_of_cases();
    assert!(names.len() >= 35, "cases are missing");
    let mut wrong = Vec::new();
    for name in names {
        let expected = ["expected.yaml", "expected.err"]
            .into_iter()
            .find_map(|file| fs::read_to_string(root.join(&name).join(file)).ok())
            .expect("a case has an answer");
        let said = said(&tree, &name);
        if said != expected {
            wrong.push(format!("{name}:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_render_is_the_same_from_memory() {
    let disk = Tree::directory(cases());
    let files = disk
        .files_below(&TreePath::root())
        .expect("the files can be listed");
    let memory = Tree::from_files(files.iter().map(|path| {
        let bytes = disk.read(path).expect("the file can be read");
        (path.as_str().to_owned(), bytes)
    }))
    .expect("the paths are inside");
    for case in ["dependencies", "files", "errors-ignored-chart", "errors-schema"] {
        assert_eq!(said(&memory, case), said(&disk, case), "{case}");
    }
}

/// Names under which `testdata/helm/functions` calls the function of that name.
fn called() -> BTreeSet<String> {
    let templates = cases().join("functions/chart/templates");
    let files = fs::read_dir(templates).expect("the templates can be listed");
    let texts = files.map(|file| fs::read_to_string(file.expect("a file").path()).expect("a text"));
    let mut called = BTreeSet::new();
    for text in texts {
        for line in text.lines() {
            let Some((name, action)) = line.split_once(": {{ ") else {
                continue;
            };
            let mut words = action.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            assert!(words.any(|word| word == name), "{name} is not called by its line");
            called.insert(name.to_owned());
        }
    }
    called
}

/// Functions that only fail have charts of their own, `errors-function-NAME`.
#[test]
fn every_function_has_a_case() {
    let failing = names_of_cases();
    let failing = failing
        .iter()
        .filter_map(|case| case.strip_prefix("errors-function-"));
    let mut recorded = called();
    recorded.extend(failing.map(str::to_owned));
    // helm takes these away: their cases say so
    let removed = ["env", "expandenv"].map(str::to_owned);
    let functions = helm::engine::functions(None);
    let known: BTreeSet<String> = functions.names().map(str::to_owned).chain(removed).collect();
    assert_eq!(recorded, known);
}
