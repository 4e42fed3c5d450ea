use manifest::Tree;

use super::{Capabilities, Error, Options, render};

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

fn chart() -> Tree {
    Tree::from_files([
        ("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {name: base, version: ^1, repository: \"file://../base\"}\n"),
        ("app/.glops.yaml", "helm: {releaseName: main, valuesFiles: [../values.yaml]}\n"),
        ("app/templates/secret.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: {{ .Release.Name }}}\nstringData: {key: {{ randAlphaNum 9 }}, user: {{ .Values.user }}}\n"),
        ("app/templates/hook.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: hook, annotations: {helm.sh/hook: pre-install}}\n"),
        ("base/Chart.yaml", "apiVersion: v2\nname: base\nversion: 1.1.0\n"),
        ("base/templates/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: base}\n"),
        ("values.yaml", "user: bot\n"),
    ])
    .unwrap()
}

fn chart_options() -> Options {
    Options {
        paths: vec!["app".to_owned()],
        default_namespace: "shop".to_owned(),
        ..Options::default()
    }
}

#[test]
fn a_chart_is_rendered_as_its_repository_says() {
    let rendered = render(&chart(), &chart_options());
    assert!(rendered.errors.is_empty(), "{:?}", rendered.errors);
    let keys: Vec<String> = rendered
        .objects
        .iter()
        .map(|object| object.key().to_string())
        .collect();
    assert_eq!(
        keys,
        [
            "Secret/main in namespace shop",
            "ConfigMap/base in namespace shop",
            "Pod/hook in namespace shop"
        ]
    );
    assert_eq!(rendered.objects[0].value()["stringData"]["user"], "bot");
}

#[test]
fn what_a_chart_makes_up_is_known_and_can_be_seeded() {
    let mut options = chart_options();
    let one = render(&chart(), &options);
    let generated: Vec<_> = one.generated.values().flatten().collect();
    assert_eq!(generated, ["/stringData/key"]);
    assert_eq!(one.generated.keys().next(), Some(&one.objects[0].key()));
    options.charts.randomness = helm::Randomness::Seeded {
        seed: 1,
        clock: std::time::SystemTime::UNIX_EPOCH,
    };
    let key = |options: &Options| render(&chart(), options).objects[0].value()["stringData"]["key"].clone();
    assert_eq!(key(&options), key(&options));
}

#[test]
fn what_lies_elsewhere_is_not_fetched_by_itself() {
    let tree = Tree::from_files([(
        "Chart.yaml",
        "apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies:\n- {name: b, version: ^1, repository: \"https://h.example\"}\n",
    )]);
    let rendered = render(&tree.unwrap(), &Options::default());
    assert!(rendered.objects.is_empty());
    let error: Vec<String> =
        std::iter::successors(Some(&rendered.errors[0] as &dyn std::error::Error), |error| {
            error.source()
        })
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        error[1],
        "needs chart b from https://h.example, and nothing can be fetched here"
    );
}

/// An error and its causes.
fn told(error: &Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[test]
fn a_chart_that_fails_tells_no_value() {
    let fail = "{{ fail (printf \"no %s\" .Values.secret) }}";
    let tree = Tree::from_files([
        ("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
        ("app/values.yaml", "secret: pl4nt3d\n"),
        ("app/templates/a.yaml", fail),
        (
            "overlay/kustomization.yaml",
            "helmGlobals: {chartHome: ../}\nhelmCharts: [{name: app, valuesInline: {secret: pl4nt3d}}]\n",
        ),
    ])
    .unwrap();
    let rendered = render(&tree, &Options::default());
    assert_eq!(rendered.errors.len(), 2);
    for error in &rendered.errors {
        let text = format!("{} {error:?}", told(error));
        assert!(!text.contains("pl4nt3d"), "{text}");
        assert!(text.contains("app/templates/a.yaml:1:3"), "{text}");
        assert!(text.contains("error calling fail"), "{text}");
    }
}

#[test]
fn charts_of_kustomizations_can_be_refused() {
    let tree = Tree::from_files([
        (
            "overlay/kustomization.yaml",
            "helmCharts: [{name: app, releaseName: r}]\n",
        ),
        (
            "overlay/charts/app/Chart.yaml",
            "apiVersion: v2\nname: app\nversion: 1.0.0\n",
        ),
        ("overlay/charts/app/values.yaml", ""),
        (
            "overlay/charts/app/templates/a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        ),
    ])
    .unwrap();
    let mut options = Options::default();
    assert_eq!(render(&tree, &options).objects.len(), 1);
    options.kustomize.enable_helm = false;
    let refused = render(&tree, &options);
    assert!(refused.objects.is_empty());
    assert!(told(&refused.errors[0]).contains("must specify --enable-helm"));
}

#[test]
fn a_chart_sees_the_cluster_and_what_is_added_to_it() {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  \
                    version: {{ .Capabilities.KubeVersion.Version }}\n  \
                    versions: {{ without .Capabilities.APIVersions \"\" | join \" \" }}\n";
    let tree = Tree::from_files([
        ("Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
        ("templates/a.yaml", template),
    ])
    .unwrap();
    let mut options = Options::default();
    options.charts.cluster = Some(Capabilities {
        kube_version: "v1.33.4-eks-1".to_owned(),
        api_versions: vec!["apps/v1".to_owned(), "v1".to_owned()],
    });
    options.charts.api_versions = vec!["more/v1".to_owned()];
    let data = |options: &Options| render(&tree, options).objects[0].value()["data"].clone();
    let expected = |version| serde_json::json!({"version": version, "versions": "apps/v1 v1 more/v1"});
    assert_eq!(data(&options), expected("v1.33.4-eks-1"));
    options.charts.kube_version = "1.30.0".to_owned();
    assert_eq!(data(&options), expected("v1.30.0"));
}

#[test]
fn hooks_and_tests_can_be_left_out() {
    let hook = |name: &str, event: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, annotations: {{helm.sh/hook: {event}}}}}\n"
        )
    };
    let tree = Tree::from_files([
        (
            "Chart.yaml",
            "apiVersion: v2\nname: app\nversion: 1.0.0\n".to_owned(),
        ),
        ("templates/a.yaml", hook("a", "pre-install")),
        ("templates/b.yaml", hook("b", "test")),
    ])
    .unwrap();
    let count = |skip_tests, no_hooks| {
        let mut options = Options::default();
        options.charts.skip_tests = skip_tests;
        options.charts.no_hooks = no_hooks;
        render(&tree, &options).objects.len()
    };
    assert_eq!(
        (count(false, false), count(true, false), count(false, true)),
        (2, 1, 0)
    );
}
