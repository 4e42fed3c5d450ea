//! What is wrong in a file that a field names is found there.

use super::place;

#[test]
fn the_file_that_a_field_names() {
    for (fields, file, expected) in [
        ("resources: [a.yaml]", "apiVersion: v1\nkind: ]", "line 2"),
        ("resources: [a.yaml]", "a: b\n---\n\nkind: A\n", "line 1"),
        (
            "resources: [a.yaml]",
            "{apiVersion: v1, kind: A, metadata: {name: a}}\n---\napiVersion: v1\nkind: A\n",
            "line 3, field metadata.name",
        ),
        (
            "resources: [a.yaml]",
            "---\napiVersion: v1\nmetadata: {name: a}\n",
            "line 2, field kind",
        ),
        ("patches: [{path: a.yaml}]", "kind: A\nmetadata: ]\n", "line 2"),
        (
            "patches: [{path: a.yaml, target: {kind: A}}]",
            "[{\"op\": \"remove\"},\n}]",
            "line 2",
        ),
        (
            "patchesStrategicMerge: [a.yaml]",
            "kind: A\nmetadata: ]\n",
            "line 2",
        ),
        (
            "patchesJson6902: [{path: a.yaml, target: {kind: A, name: a, version: v1}}]",
            "[{\"op\": \"remove\"},\n}]",
            "line 2",
        ),
        (
            "replacements: [{path: a.yaml}]",
            "- source: {kind: A}\n- targets: [{select: {kind: A}, fieldPaths: a}]\n",
            "line 2, field [1].targets[0].fieldPaths",
        ),
        (
            "replacements: [{path: a.yaml}]",
            "source: {kind: A}\ntargets: a\n",
            "line 2, field targets",
        ),
        (
            "configurations: [a.yaml]",
            "images:\n- path: a\n  unknown: b\n",
            "line 3, field images[0].unknown",
        ),
        ("configurations: [a.yaml]", "images: ]\n", "line 1"),
        ("crds: [a.yaml]", "a:\n  b: ]\n", "line 2"),
        ("crds: [a.yaml]", "{\n\"a\": }", "line 2"),
        ("openapi: {path: a.yaml}", "a:\n  b: ]\n", "line 2"),
    ] {
        let found = place(&[
            (
                "kustomization.yaml",
                &format!("metadata: {{name: a}}\n{fields}\n"),
            ),
            ("a.yaml", file),
        ]);
        let expected = format!("found in /a.yaml, {expected}");
        assert_eq!(found, expected, "{fields}: {file}");
    }
}
