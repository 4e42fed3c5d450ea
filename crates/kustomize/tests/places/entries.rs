//! The field whose generator or transformer fails: one bad input for each kind of field.

use super::place;

const OBJECTS: &str = "\
{apiVersion: v1, kind: A, metadata: {name: a}, list: [{x: 1}], text: words}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {template: {metadata: {}}}}
";

/// Objects that transformers stumble over.
const ODD_OBJECTS: &str = "\
{apiVersion: v1, kind: A, metadata: {name: e, namespace: one}, spec: {containers: [words]}}
---
{apiVersion: v1, kind: A, metadata: {name: e, namespace: two, annotations: words}}
---
{apiVersion: v1, kind: Service, metadata: {name: s}, spec: {selector: words}}
";

/// Where the error of a kustomization over [`OBJECTS`] is.
fn field_of(fields: &str) -> String {
    place(&[
        (
            "kustomization.yaml",
            &format!("resources: [objects.yaml]\n{fields}"),
        ),
        ("objects.yaml", OBJECTS),
        ("more.yaml", OBJECTS),
        ("empty.yaml", ""),
        ("map.yaml", "a: b\n"),
        ("odd.yaml", ODD_OBJECTS),
        (
            "prefix.yaml",
            "namePrefix: [{path: list, kind: A}]\nnameSuffix: [{path: list, kind: A}]\n",
        ),
        (
            "conflict.yaml",
            "commonLabels:\n- {path: metadata/labels, create: false}\n",
        ),
    ])
}

fn assert_fields(table: &[(&str, &str)]) {
    for (fields, expected) in table {
        let (found, expected) = (
            field_of(fields),
            format!("found in /kustomization.yaml, {expected}"),
        );
        assert_eq!(found, expected, "{fields}");
    }
}

#[test]
fn objects_and_generators() {
    assert_fields(&[
        ("components: [.]\n", "line 2, field components[0]"),
        ("bases:\n- more.yaml\n- map.yaml\n", "line 3, field bases[0]"),
        (
            "configurations:\n- empty.yaml\n- conflict.yaml\n",
            "line 4, field configurations[1]",
        ),
        (
            "namespace: b\ntransformers:\n- |-\n  apiVersion: builtin\n  kind: Other\n  metadata: {name: a}\n",
            "line 4, field transformers[0]",
        ),
        (
            "generators:\n- |-\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: a}\n  literals: [b]\n",
            "line 3, field generators[0]",
        ),
        (
            "validators:\n- |-\n  apiVersion: builtin\n  kind: LabelTransformer\n  metadata: {name: a}\n  labels: {a: b}\n  \
             fieldSpecs: [{path: metadata/labels, create: true}]\n",
            "line 3, field validators[0]",
        ),
        ("namespace: b\nbases: [odd.yaml]\n", "line 2, field namespace"),
        (
            "bases: [odd.yaml]\nimages:\n- {name: a}\n- {name: b, newTag: '1'}\n",
            "line 4, field images[0]",
        ),
        (
            "bases: [odd.yaml]\nimageTags: [{name: b, newTag: '1'}]\n",
            "line 3, field imageTags[0]",
        ),
        (
            "bases: [odd.yaml]\ncommonLabels: {a: b}\n",
            "line 3, field commonLabels",
        ),
        (
            "bases: [odd.yaml]\ncommonAnnotations: {a: b}\n",
            "line 3, field commonAnnotations",
        ),
        (
            "configurations: [prefix.yaml]\nnamePrefix: b-\n",
            "line 3, field namePrefix",
        ),
        (
            "configurations: [prefix.yaml]\nnameSuffix: -b\n",
            "line 3, field nameSuffix",
        ),
        ("openapi: {version: v0}\n", "line 2, field openapi.version"),
        (
            "configMapGenerator:\n- {literals: [a=b]}\n",
            "line 3, field configMapGenerator[0].name",
        ),
        (
            "configMapGenerator:\n- name: a\n  literals:\n  - a=b\n  - c\n",
            "line 6, field configMapGenerator[0].literals[1]",
        ),
        (
            "configMapGenerator:\n- name: a\n- name: b\n  behavior: merge\n",
            "line 4, field configMapGenerator[1]",
        ),
        (
            "configMapGenerator:\n- name: a\n  files:\n  - =map.yaml\n",
            "line 5, field configMapGenerator[0].files[0]",
        ),
        (
            "secretGenerator:\n- name: a\n  literals: [a=b, a=c]\n",
            "line 3, field secretGenerator[0]",
        ),
        ("helmCharts:\n- {name: a}\n", "line 3, field helmCharts[0]"),
        (
            "helmChartInflationGenerator:\n- chartName: a\n",
            "line 3, field helmChartInflationGenerator[0]",
        ),
    ]);
}

#[test]
fn patches() {
    assert_fields(&[
        (
            "patchesStrategicMerge:\n- |-\n  {apiVersion: v1, kind: A, metadata: {name: a}}\n- |-\n  {apiVersion: v1, kind: B, metadata: {name: a}}\n",
            "line 5, field patchesStrategicMerge[1]",
        ),
        (
            "patchesJson6902:\n- target: {version: v1, kind: A}\n  patch: '[{op: remove, path: /text}]'\n",
            "line 3, field patchesJson6902[0].target",
        ),
        (
            "patchesJson6902:\n- target: {version: v1, kind: A, name: a}\n  patch: '[{\"op\": \"remove\", \"path\": \"/no\"}]'\n",
            "line 4, field patchesJson6902[0].patch",
        ),
        ("patches:\n- {target: {kind: A}}\n", "line 3, field patches[0]"),
        (
            "patches:\n- target: {kind: A}\n  patch: '[{\"op\": \"remove\", \"path\": \"/no\"}]'\n",
            "line 4, field patches[0].patch",
        ),
        (
            "patches:\n- target: {kind: A, labelSelector: '!!'}\n  patch: '{apiVersion: v1, kind: A, metadata: {name: a}}'\n",
            "line 3, field patches[0].target.labelSelector",
        ),
        (
            "patches:\n- target: {kind: '('}\n  patch: '[{\"op\": \"remove\", \"path\": \"/text\"}]'\n",
            "line 3, field patches[0].target.kind",
        ),
        (
            "patches:\n- target: {kind: A}\n  patch: |-\n    apiVersion: v1\n    kind: A\n    metadata: {name: a}\n    list: {$patch: wrong}\n    $patch: wrong\n",
            "line 4, field patches[0].patch",
        ),
        (
            "Patches:\n- target: {kind: A}\n  patch: '[{\"op\": \"remove\", \"path\": \"/no\"}]'\n",
            "line 4, field Patches[0].patch",
        ),
    ]);
}

#[test]
fn transformers() {
    assert_fields(&[
        (
            "labels:\n- pairs: {a: b}\n  fields: [{path: metadata/labels}]\n",
            "line 4, field labels[0].fields",
        ),
        (
            "labels:\n- pairs: {a: b}\n- pairs: {a: b}\n  fields: [{path: text/labels, create: true}]\n",
            "line 4, field labels[1]",
        ),
        (
            "replicas:\n- {name: d, count: 1}\n- {name: e, count: 1}\n",
            "line 4, field replicas[1]",
        ),
        (
            "replacements:\n- {sourceValue: a}\n",
            "line 3, field replacements[0]",
        ),
        (
            "replacements:\n- source: {kind: B}\n  targets: [{select: {kind: A}}]\n",
            "line 3, field replacements[0].source",
        ),
        (
            "replacements:\n- source: {kind: A, fieldPath: nothing}\n  targets: [{select: {kind: A}}]\n",
            "line 3, field replacements[0].source.fieldPath",
        ),
        (
            "replacements:\n- source: {kind: A, options: {delimiter: '-', index: 3}}\n  targets: [{select: {kind: A}}]\n",
            "line 3, field replacements[0].source.options",
        ),
        (
            "replacements:\n- sourceValue: a\n  targets:\n  - select: {kind: A}\n  - select: {kind: A}\n    fieldPaths:\n    - text\n    - no.such\n",
            "line 9, field replacements[0].targets[1].fieldPaths[1]",
        ),
        (
            "replacements:\n- sourceValue: a\n  targets:\n  - select: {kind: '('}\n",
            "line 5, field replacements[0].targets[0].select.kind",
        ),
        (
            "vars:\n- name: A\n  objref: {apiVersion: v1, kind: A, name: a}\n- name: A\n  objref: {apiVersion: v1, kind: A, name: a}\n",
            "line 5, field vars[1]",
        ),
        (
            "vars:\n- name: A\n  objref: {apiVersion: v1, kind: A, name: other}\n",
            "line 3, field vars[0]",
        ),
        ("sortOptions: {order: up}\n", "line 2, field sortOptions.order"),
        (
            "sortOptions:\n  order: fifo\n  legacySortOptions: {}\n",
            "line 4, field sortOptions.legacySortOptions",
        ),
    ]);
}
