use manifest::Tree;

use super::{Error, Options, render};

fn tree() -> Tree {
    let map = |name: &str| format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n");
    Tree::from_files([
        ("plain/a.yaml", map("a")),
        ("plain/deep/b.yml", map("b")),
        ("plain/.hidden/c.yaml", map("c")),
        ("plain/notes.txt", "no manifest".to_owned()),
        ("plain/local.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: l, annotations: {config.kubernetes.io/local-config: \"true\"}}\n".to_owned()),
        ("broken/bad.yaml", format!("{}---\nkind: [\n", map("d"))),
        ("broken/good.yaml", map("e")),
        ("twice/one.yaml", map("f")),
        ("twice/two.yaml", map("f")),
        ("built/kustomization.yaml", "namePrefix: x-\nresources: [g.yaml]\n".to_owned()),
        ("built/g.yaml", map("g")),
    ])
    .unwrap()
}

fn names(paths: &[&str]) -> (Vec<String>, Vec<Error>) {
    let options = Options {
        paths: paths.iter().map(ToString::to_string).collect(),
        default_namespace: "shop".to_owned(),
        ..Options::default()
    };
    let rendered = render(&tree(), &options);
    let names = rendered
        .objects
        .iter()
        .map(|object| format!("{}/{}", object.namespace(), object.name()));
    (names.collect(), rendered.errors)
}

#[test]
fn a_directory_is_taken_with_all_below_it() {
    let (names, errors) = names(&["plain"]);
    assert_eq!(names, ["shop/a", "shop/b"]);
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn patterns_cross_directories_only_with_two_stars() {
    assert_eq!(names(&["plain/*.yaml"]).0, ["shop/a"]);
    assert_eq!(names(&["plain/**/*.{yaml,yml}"]).0, ["shop/a", "shop/b"]);
    assert!(matches!(
        names(&["nowhere/*.yaml"]).1[..],
        [Error::NothingMatches(_)]
    ));
}

#[test]
fn one_bad_document_hides_no_other() {
    let (names, errors) = names(&["broken"]);
    assert_eq!(names, ["shop/d", "shop/e"]);
    assert_eq!(errors.len(), 1, "{errors:?}");
}

#[test]
fn an_object_described_twice_names_both_places() {
    let (names, errors) = names(&["twice"]);
    assert_eq!(names, ["shop/f"]);
    let text = errors[0].to_string();
    assert!(
        text.contains("twice/one.yaml") && text.contains("twice/two.yaml"),
        "{text}"
    );
}

#[test]
fn a_kustomization_is_built() {
    let (names, errors) = names(&["built"]);
    assert_eq!(names, ["shop/x-g"], "{errors:?}");
}
