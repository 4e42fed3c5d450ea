//! Bad input gives an error in bounded time, and never a panic.

use kustomize::{Options, Reason};
use manifest::{Tree, TreePath};

fn build(files: &[(&str, String)]) -> Result<String, kustomize::Error> {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.clone()));
    let tree = Tree::from_files(files).expect("the paths are inside");
    kustomize::build(&tree, &TreePath::root(), &Options::default()).map(|built| built.to_yaml())
}

fn with_resource(text: String) -> Result<String, kustomize::Error> {
    build(&[
        ("kustomization.yaml", "resources: [a.yaml]".into()),
        ("a.yaml", text),
    ])
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!(
        "apiVersion: v1\nkind: A\nmetadata: {{name: a}}\nx: {}",
        "[".repeat(10_000)
    );
    let error = with_resource(deep).unwrap_err();
    assert_eq!(*error.reason(), Reason::MalformedYaml);
    assert!(error.to_string().contains("a.yaml"), "{error}");
}

#[test]
fn anchors_do_not_expand_without_end() {
    let mut bomb =
        String::from("apiVersion: v1\nkind: A\nmetadata: {name: a}\na0: &a0 [x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let reference = format!("*a{}", level - 1);
        let references = vec![reference; 8].join(", ");
        let line = format!("a{level}: &a{level} [{references}]\n");
        bomb.push_str(&line);
    }
    assert!(with_resource(bomb).is_err());
}

#[test]
fn kustomizations_nest_only_so_deep() {
    let mut files = vec![("kustomization.yaml".to_owned(), "resources: [x]".to_owned())];
    let mut directory = String::from("x");
    for _ in 0..300 {
        files.push((
            format!("{directory}/kustomization.yaml"),
            "resources: [x]".to_owned(),
        ));
        directory.push_str("/x");
    }
    let tree = Tree::from_files(files).expect("the paths are inside");
    let error = kustomize::build(&tree, &TreePath::root(), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("levels deep"));
}

#[test]
fn what_lies_outside_needs_a_resolver() {
    for url in [
        "https://example.com/a.yaml",
        "https://github.com/org/repo//base?ref=v1",
    ] {
        let error = build(&[("kustomization.yaml", format!("resources: ['{url}']"))]).unwrap_err();
        assert_eq!(*error.reason(), Reason::Remote(url.to_owned()), "{error}");
    }
}

#[test]
fn charts_need_a_renderer() {
    let error = build(&[("kustomization.yaml", "helmCharts: [{name: a}]".into())]).unwrap_err();
    assert!(error.to_string().ends_with("must specify --enable-helm"));
    assert_eq!(*error.reason(), Reason::NotEnabled);
}

#[test]
fn any_bytes_are_a_result() {
    use proptest::prelude::*;
    proptest!(|(kustomization in "(resources|patches|vars|images|labels|x)?(: )?[-\\[\\]{}a-z:*&!|> \n\"']{0,40}",
                resource in ".{0,60}")| {
        let _ = build(&[("kustomization.yaml", kustomization), ("a.yaml", resource)]);
    });
}
