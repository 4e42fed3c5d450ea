use std::cell::RefCell;

use super::*;

/// Answers with one archive, and remembers what it was asked for.
struct Double {
    archive: Bytes,
    asked: RefCell<Vec<(String, String, String)>>,
}

impl Repositories for Double {
    fn chart(&self, reference: &ChartReference) -> Result<Bytes, FetchError> {
        let reference = reference.clone();
        self.asked
            .borrow_mut()
            .push((reference.repository, reference.name, reference.version));
        Ok(self.archive.clone())
    }
}

fn double(name: &str) -> Double {
    let file = |name: &str, text: String| File {
        name: name.to_owned(),
        data: text.into(),
    };
    let files = [file("Chart.yaml", chart_yaml(name, "1.2.3", ""))];
    Double {
        archive: archive(name, &files).unwrap(),
        asked: RefCell::default(),
    }
}

fn chart_yaml(name: &str, version: &str, dependencies: &str) -> String {
    let head = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
    if dependencies.is_empty() {
        head
    } else {
        format!("{head}dependencies:\n{dependencies}")
    }
}

fn subcharts(tree: &Tree, path: &str) -> Vec<String> {
    let chart = chart::from_directory(tree, &TreePath::new(path).unwrap()).unwrap();
    chart
        .dependencies
        .iter()
        .map(|subchart| subchart.name().to_owned())
        .collect()
}

fn at(path: &str) -> TreePath {
    TreePath::new(path).unwrap()
}

#[test]
fn a_path_is_taken_from_the_tree() {
    let tree = Tree::from_files([
        (
            "app/Chart.yaml",
            chart_yaml(
                "app",
                "0.1.0",
                "- {name: base, version: ^1, repository: file://../lib/base}\n",
            ),
        ),
        // what the parent ignores does not concern the subchart
        ("app/.helmignore", "*.txt\n".to_owned()),
        ("lib/base/Chart.yaml", chart_yaml("base", "1.0.0", "")),
        ("lib/base/data.txt", "kept".to_owned()),
    ])
    .unwrap();
    let whole = complete(&tree, &at("app"), None).unwrap();
    assert_eq!(subcharts(&whole, "app"), ["base"]);
    let chart = chart::from_directory(&whole, &at("app")).unwrap();
    assert!(
        chart.dependencies[0]
            .files
            .iter()
            .any(|file| file.name == "data.txt")
    );
}

#[test]
fn a_path_out_of_the_tree_or_of_another_version_is_told() {
    let with = |dependency: &str| {
        let tree = Tree::from_files([
            ("app/Chart.yaml", chart_yaml("app", "0.1.0", dependency)),
            ("base/Chart.yaml", chart_yaml("base", "1.0.0", "")),
        ]);
        complete(&tree.unwrap(), &at("app"), None).map(|_| ())
    };
    assert!(matches!(
        with("- {name: base, version: ^1, repository: file://../../base}\n"),
        Err(Error::Path { .. })
    ));
    assert!(matches!(
        with("- {name: base, version: ^1, repository: file://../nothing}\n"),
        Err(Error::Path { .. })
    ));
    assert!(matches!(
        with("- {name: base, version: ^2, repository: file://../base}\n"),
        Err(Error::Version { .. })
    ));
}

#[test]
fn what_is_held_is_not_fetched() {
    let tree = Tree::from_files([
        (
            "app/Chart.yaml",
            chart_yaml(
                "app",
                "0.1.0",
                "- {name: base, version: ^1, repository: 'https://h.example'}\n",
            ),
        ),
        ("app/charts/anything/Chart.yaml", chart_yaml("base", "1.0.0", "")),
    ])
    .unwrap();
    let double = double("base");
    let whole = complete(&tree, &at("app"), Some(&double)).unwrap();
    assert_eq!(subcharts(&whole, "app"), ["base"]);
    assert!(double.asked.borrow().is_empty());
}

#[test]
fn what_lies_elsewhere_needs_someone_who_fetches() {
    let dependency = "- {name: base, version: ^1, repository: 'https://h.example'}\n";
    let tree = Tree::from_files([("Chart.yaml", chart_yaml("app", "0.1.0", dependency))]).unwrap();
    let error = complete(&tree, &TreePath::root(), None).map(|_| ()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "needs chart base from https://h.example, and nothing can be fetched here"
    );
    let double = double("base");
    let whole = complete(&tree, &TreePath::root(), Some(&double)).unwrap();
    assert_eq!(subcharts(&whole, "/"), ["base"]);
    let asked = ("https://h.example".to_owned(), "base".to_owned(), "^1".to_owned());
    assert_eq!(double.asked.take(), [asked]);
}

/// Recorded: `helm dependency update` wrote the digest.
#[test]
fn a_lock_file_holds_versions() {
    let dependency = "- name: base\n  version: \">=0.1.0 <2\"\n  repository: http://127.0.0.1:18990\n  alias: other\n  \
                      tags: [a, b]\n  condition: base.enabled\n  import-values:\n  - data\n  - child: x\n    \
                      parent: y\n";
    let lock = |digest: &str| {
        format!(
            "dependencies:\n- name: base\n  repository: http://127.0.0.1:18990\n  version: 0.1.0\ndigest: {digest}\n"
        )
    };
    let with = |digest: &str| {
        let tree = Tree::from_files([
            ("Chart.yaml", chart_yaml("app", "0.1.0", dependency)),
            ("Chart.lock", lock(digest)),
        ]);
        let double = double("base");
        let result = complete(&tree.unwrap(), &TreePath::root(), Some(&double)).map(|_| ());
        (result, double.asked.take())
    };
    let (result, asked) = with("sha256:b393458aa6b3d8a7e4e562b71464415a218298aa4329467aac8cab37e9e283b7");
    result.unwrap();
    assert_eq!(asked[0].2, "0.1.0");
    let (result, asked) = with("sha256:00");
    assert!(matches!(result, Err(Error::Lock(LockError::OutOfSync { .. }))));
    assert!(asked.is_empty());
}
