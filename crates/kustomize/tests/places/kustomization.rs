//! What a kustomization file says itself, and what it names.

use super::place;

fn place_in(kustomization: &str) -> String {
    place(&[
        ("kustomization.yaml", kustomization),
        ("a.yaml", "{apiVersion: v1, kind: A, metadata: {name: a}}"),
        ("empty/a.yaml", ""),
    ])
}

#[test]
fn what_is_no_kustomization() {
    for (kustomization, expected) in [
        ("namePrefix: a-\nunknown: 1\n", "line 2, field unknown"),
        (
            "labels:\n- pairs: {a: b}\n- pairs: {a: b}\n  includeSelector: true\n",
            "line 4, field labels[1].includeSelector",
        ),
        (
            "labels:\n- pairs:\n    a: b\n    c: [d]\n",
            "line 4, field labels[0].pairs.c",
        ),
        ("# text\n\nnamePrefix: [a]\n", "line 3, field namePrefix"),
        ("resources:\n- a.yaml\n- b: c\n", "line 3, field resources[1]"),
        (
            "{images: [{name: a},\n {name: b, newTag: 1}]}",
            "line 2, field images[1].newTag",
        ),
        ("kind: Other\nnamePrefix: a-\n", "line 1, field kind"),
        ("namePrefix: a-\napiVersion: v1\n", "line 2, field apiVersion"),
    ] {
        let expected = format!("found in /kustomization.yaml, {expected}");
        assert_eq!(place_in(kustomization), expected, "{kustomization}");
    }
}

#[test]
fn what_is_not_there() {
    for (kustomization, expected) in [
        ("resources:\n- a.yaml\n- missing\n", "line 3, field resources[1]"),
        (
            "namePrefix: missing\nbases:\n- missing\n",
            "line 3, field bases[0]",
        ),
        ("resources:\n- empty\n", "line 2, field resources[0]"),
        (
            "resources: [a.yaml]\ncomponents:\n- missing\n",
            "line 3, field components[0]",
        ),
        (
            "patches:\n- patch: '[]'\n- target: {kind: A}\n  path: missing\n",
            "line 4, field patches[1].path",
        ),
        (
            "patchesStrategicMerge:\n- missing.yaml\n",
            "line 2, field patchesStrategicMerge[0]",
        ),
        (
            "patchesJson6902:\n- target: {kind: A, name: a, version: v1}\n  path: missing\n",
            "line 3, field patchesJson6902[0].path",
        ),
        (
            "configMapGenerator:\n- name: a\n  files:\n  - a.yaml\n  - key=missing\n",
            "line 5, field configMapGenerator[0].files[1]",
        ),
        (
            "secretGenerator:\n- name: a\n  envs: [missing]\n",
            "line 3, field secretGenerator[0].envs[0]",
        ),
        (
            "configMapGenerator:\n- env: missing\n  name: a\n",
            "line 2, field configMapGenerator[0].env",
        ),
        ("configurations:\n- missing\n", "line 2, field configurations[0]"),
        ("crds:\n- missing\n", "line 2, field crds[0]"),
        ("openapi:\n  path: missing\n", "line 2, field openapi.path"),
        (
            "replacements:\n- path: missing\n",
            "line 2, field replacements[0].path",
        ),
        ("transformers:\n- missing\n", "line 2, field transformers[0]"),
    ] {
        let expected = format!("found in /kustomization.yaml, {expected}");
        assert_eq!(place_in(kustomization), expected, "{kustomization}");
    }
}

#[test]
fn what_patches_nothing() {
    for (entry, expected) in [
        (
            "patch: '{apiVersion: v1, kind: A, metadata: {name: other}}'",
            "patch",
        ),
        ("patch: '[{op: remove, path: /a}]'", "patch"),
        ("patch: 'no patch'", "patch"),
        ("path: other.yaml", "path"),
    ] {
        let kustomization = format!(
            "resources: [a.yaml]\npatches:\n- patch: '{{apiVersion: v1, kind: A, metadata: {{name: a}}}}'\n- {entry}\n"
        );
        let found = place(&[
            ("kustomization.yaml", &kustomization),
            ("a.yaml", "{apiVersion: v1, kind: A, metadata: {name: a}}"),
            ("other.yaml", "{apiVersion: v1, kind: A, metadata: {name: other}}"),
        ]);
        let expected = format!("found in /kustomization.yaml, line 4, field patches[1].{expected}");
        assert_eq!(found, expected, "{entry}");
    }
}

#[test]
fn the_file_is_the_one_that_asked() {
    let files = |base| {
        place(&[
            ("top/kustomization.yaml", "resources:\n- ../base\n"),
            ("kustomization.yaml", "resources:\n- base\n"),
            ("base/kustomization.yml", base),
        ])
    };
    assert_eq!(
        files("resources:\n- missing.yaml\n"),
        "found in /base/kustomization.yml, line 2, field resources[0]"
    );
    assert_eq!(
        files("resources:\n- ..\n"),
        "found in /base/kustomization.yml, line 2, field resources[0]"
    );
    assert_eq!(
        files("unknown: 1\n"),
        "found in /base/kustomization.yml, line 1, field unknown"
    );
}

#[test]
fn two_kustomizations_are_one_too_many() {
    let found = place(&[
        ("kustomization.yaml", "resources: [a]"),
        ("Kustomization", "resources: [a]"),
    ]);
    assert_eq!(found, "found in /Kustomization");
}
