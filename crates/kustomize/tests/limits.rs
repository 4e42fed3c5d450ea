//! Bad input gives an error in bounded time, and never a panic.

use kustomize::{Options, Reason};
use manifest::{
    Tree, TreePath,
    tree::{MAX_FILE_SIZE, MemoryTree},
};

fn build(files: &[(&str, String)]) -> Result<String, kustomize::Error> {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), text.clone()));
    let tree = Tree::from_files(files).expect("the paths are inside");
    kustomize::build(&tree, &TreePath::root(), &Options::default()).map(|built| built.to_yaml())
}

/// The file and the line that an error names.
fn found_in(error: &kustomize::Error) -> (&str, Option<usize>) {
    let place = error.place().expect("an error of a file names it");
    (&place.file, place.line)
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
    let text = error.to_string();
    assert!(
        text.ends_with("MalformedYAMLError: yaml: exceeded max depth of 500 in File: a.yaml"),
        "{text}"
    );
    assert_eq!(found_in(&error), ("/a.yaml", Some(4)));
}

#[test]
fn deep_nesting_of_the_kustomization_is_refused() {
    for text in [
        format!("patches: {}", "[".repeat(10_000)),
        format!("labels:\n{}", "- ".repeat(10_000)),
    ] {
        let error = build(&[("kustomization.yaml", text)]).unwrap_err().to_string();
        assert!(
            error.starts_with("invalid Kustomization: ") && error.contains("exceeded max depth"),
            "{error}"
        );
    }
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
    let error = with_resource(bomb).unwrap_err().to_string();
    assert!(
        error.contains("document contains excessive aliasing in File: a.yaml"),
        "{error}"
    );
}

#[test]
fn links_lead_nowhere_outside_of_the_tree() {
    let mut files = MemoryTree::from_files([("base/kustomization.yaml", "resources: [a.yaml]")]).unwrap();
    let base = TreePath::new("base").unwrap();
    for target in ["/etc/passwd", "../../etc/passwd"] {
        files.insert_link(&base.child("a.yaml"), target);
        let error = kustomize::build(&Tree::new(files.clone()), &base, &Options::default()).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("'/base/a.yaml' doesn't exist"), "{text}");
    }
}

#[test]
fn a_link_inside_of_the_tree_is_still_outside_of_the_kustomization() {
    let mut files = MemoryTree::from_files([
        ("base/kustomization.yaml", "resources: [a.yaml]"),
        ("secret.yaml", "{apiVersion: v1, kind: A, metadata: {name: a}}"),
    ])
    .unwrap();
    let base = TreePath::new("base").unwrap();
    files.insert_link(&base.child("a.yaml"), "../secret.yaml");
    let error = kustomize::build(&Tree::new(files), &base, &Options::default()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("security; file '/base/a.yaml' is not in or below '/base'"),
        "{text}"
    );
}

#[test]
fn files_have_a_largest_size() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("kustomization.yaml"), "resources: [a.yaml]").unwrap();
    let large = std::fs::File::create(folder.path().join("a.yaml")).unwrap();
    large.set_len(MAX_FILE_SIZE + 1).unwrap();
    let tree = Tree::directory(folder.path());
    let error = kustomize::build(&tree, &TreePath::root(), &Options::default()).unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("failed to read /a.yaml: /a.yaml has 104857601 bytes, more than the 104857600 allowed"),
        "{text}"
    );
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
fn lines_are_those_of_the_file() {
    let documents = "a: 1\n---\nb: 1\n--- # another\nc: [\n".to_owned();
    let error = with_resource(documents).unwrap_err();
    assert_eq!(found_in(&error), ("/a.yaml", Some(6)), "{error}");
    let error = build(&[("kustomization.yaml", "resources:\n- a\n- [\n".into())]).unwrap_err();
    assert_eq!(found_in(&error), ("/kustomization.yaml", Some(4)), "{error}");
}

#[test]
fn errors_name_the_kustomization_that_asked() {
    let error = build(&[
        ("kustomization.yaml", "resources: [base]".into()),
        ("base/kustomization.yml", "resources: [missing.yaml]".into()),
    ])
    .unwrap_err();
    assert_eq!(found_in(&error), ("/base/kustomization.yml", Some(1)));
}

#[test]
fn contents_can_be_left_out_of_errors() {
    let secret = "c2VjcmV0";
    for (kustomization, resource) in [
        (
            format!("secretGenerator: [{{name: a, literals: [p={secret}, {secret}]}}]"),
            String::new(),
        ),
        (
            format!("patches: [{{patch: '{{data: {{a: {secret}}}}}'}}]"),
            String::new(),
        ),
        (
            "{resources: [a.yaml], commonLabels: {a: b}}".to_owned(),
            format!("{{apiVersion: v1, kind: Secret, metadata: {{name: a, labels: [{secret}]}}}}"),
        ),
        (
            "resources: [a.yaml]".to_owned(),
            format!("{{apiVersion: v1, kind: Secret, metadata: {{name: a}}, data: {{a: *{secret}}}}}"),
        ),
    ] {
        let error = build(&[("kustomization.yaml", kustomization), ("a.yaml", resource)]).unwrap_err();
        assert!(error.to_string().contains(secret), "{error}");
        assert!(!format!("{error:?}").contains(secret), "{error:?}");
        assert!(
            !error.clone().without_contents().to_string().contains(secret),
            "{error:?}"
        );
    }
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
