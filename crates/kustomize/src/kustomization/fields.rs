use std::collections::BTreeMap;

use super::helm::{HelmChart, HelmChartArgs, HelmGlobals};
use crate::{
    decode::decodable,
    fieldspec::FieldSpec,
    id::{Gvk, ResId},
};

decodable! {
    /// A kustomization or a component.
    struct Kustomization("Kustomization" in "types") {
        kind: String = "kind",
        api_version: String = "apiVersion",
        metadata: Option<ObjectMeta> = "metadata",
        openapi: BTreeMap<String, String> = "openapi",
        name_prefix: String = "namePrefix",
        name_suffix: String = "nameSuffix",
        namespace: String = "namespace",
        common_labels: BTreeMap<String, String> = "commonLabels",
        labels: Vec<Label> = "labels",
        common_annotations: BTreeMap<String, String> = "commonAnnotations",
        patches_strategic_merge: Vec<PatchText> = "patchesStrategicMerge",
        patches_json6902: Vec<Patch> = "patchesJson6902",
        patches: Vec<Patch> = "patches",
        images: Vec<Image> = "images",
        image_tags: Vec<Image> = "imageTags",
        replacements: Vec<Replacement> = "replacements",
        replicas: Vec<Replica> = "replicas",
        vars: Vec<Var> = "vars",
        sort_options: Option<SortOptions> = "sortOptions",
        resources: Vec<String> = "resources",
        components: Vec<String> = "components",
        crds: Vec<String> = "crds",
        bases: Vec<String> = "bases",
        config_map_generator: Vec<GeneratorArgs> = "configMapGenerator",
        secret_generator: Vec<SecretArgs> = "secretGenerator",
        helm_globals: Option<HelmGlobals> = "helmGlobals",
        helm_charts: Vec<HelmChart> = "helmCharts",
        helm_chart_inflation_generator: Vec<HelmChartArgs> = "helmChartInflationGenerator",
        generator_options: Option<GeneratorOptions> = "generatorOptions",
        configurations: Vec<String> = "configurations",
        generators: Vec<String> = "generators",
        transformers: Vec<String> = "transformers",
        validators: Vec<String> = "validators",
        build_metadata: Vec<String> = "buildMetadata",
    }

    struct ObjectMeta("ObjectMeta" in "types") {
        name: String = "name",
        namespace: String = "namespace",
        labels: BTreeMap<String, String> = "labels",
        annotations: BTreeMap<String, String> = "annotations",
    }

    struct Label("Label" in "types") {
        pairs: BTreeMap<String, String> = "pairs",
        include_selectors: bool = "includeSelectors",
        include_templates: bool = "includeTemplates",
        include_volume_claim_templates: bool = "includeVolumeClaimTemplates",
        fields: Vec<FieldSpec> = "fields",
    }

    #[expect(clippy::struct_field_names, reason = "the names of the file's fields")]
    struct Patch("Patch" in "types") {
        path: String = "path",
        patch: String = "patch",
        target: Option<Selector> = "target",
        options: Option<PatchOptions> = "options",
    }

    struct PatchOptions("PatchArgs" in "types") {
        allow_name_change: bool = "allowNameChange",
        allow_kind_change: bool = "allowKindChange",
    }

    /// Objects by what they are called (as regular expressions) and by what is written on them.
    #[expect(clippy::struct_field_names, reason = "the names of the file's fields")]
    struct Selector("Selector" in "types") {
        group: String = "group",
        version: String = "version",
        kind: String = "kind",
        name: String = "name",
        namespace: String = "namespace",
        annotation_selector: String = "annotationSelector",
        label_selector: String = "labelSelector",
    }

    struct Image("Image" in "types") {
        name: String = "name",
        new_name: String = "newName",
        tag_suffix: String = "tagSuffix",
        new_tag: String = "newTag",
        digest: String = "digest",
    }

    struct Replica("Replica" in "types") {
        name: String = "name",
        count: i64 = "count",
    }

    struct Replacement("ReplacementField" in "types") {
        source: Option<ReplacementSource> = "source",
        targets: Option<Vec<Option<ReplacementTarget>>> = "targets",
        source_value: Option<String> = "sourceValue",
        path: String = "path",
    }

    struct ReplacementSource("SourceSelector" in "types") {
        group: String = "group",
        version: String = "version",
        kind: String = "kind",
        name: String = "name",
        namespace: String = "namespace",
        field_path: String = "fieldPath",
        options: Option<FieldOptions> = "options",
    }

    struct ReplacementTarget("TargetSelector" in "types") {
        select: Option<Selector> = "select",
        reject: Vec<Option<Selector>> = "reject",
        field_paths: Vec<String> = "fieldPaths",
        options: Option<FieldOptions> = "options",
    }

    struct FieldOptions("FieldOptions" in "types") {
        delimiter: String = "delimiter",
        index: i64 = "index",
        encoding: String = "encoding",
        create: bool = "create",
    }

    struct Var("Var" in "types") {
        name: String = "name",
        object: VarObject = "objref",
        field: VarField = "fieldref",
    }

    struct VarObject("Target" in "types") {
        api_version: String = "apiVersion",
        group: String = "group",
        version: String = "version",
        kind: String = "kind",
        name: String = "name",
        namespace: String = "namespace",
    }

    struct VarField("FieldSelector" in "types") {
        path: String = "fieldPath",
    }

    struct SortOptions("SortOptions" in "types") {
        order: String = "order",
        legacy: Option<LegacySortOptions> = "legacySortOptions",
    }

    struct LegacySortOptions("LegacySortOptions" in "types") {
        order_first: Vec<String> = "orderFirst",
        order_last: Vec<String> = "orderLast",
    }

    /// What a ConfigMap is made of, and a Secret too.
    struct GeneratorArgs("ConfigMapArgs" in "types") {
        namespace: String = "namespace",
        name: String = "name",
        behavior: String = "behavior",
        literals: Vec<String> = "literals",
        files: Vec<String> = "files",
        envs: Vec<String> = "envs",
        env: String = "env",
        options: Option<GeneratorOptions> = "options",
    }

    struct SecretArgs("SecretArgs" in "types") {
        namespace: String = "namespace",
        name: String = "name",
        behavior: String = "behavior",
        literals: Vec<String> = "literals",
        files: Vec<String> = "files",
        envs: Vec<String> = "envs",
        env: String = "env",
        options: Option<GeneratorOptions> = "options",
        secret_type: String = "type",
    }

    struct GeneratorOptions("GeneratorOptions" in "types") {
        labels: BTreeMap<String, String> = "labels",
        annotations: BTreeMap<String, String> = "annotations",
        disable_name_suffix_hash: bool = "disableNameSuffixHash",
        immutable: bool = "immutable",
    }
}

/// A strategic merge patch, or the path of a file with some.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PatchText(pub(crate) String);

impl crate::decode::Decode for PatchText {
    fn type_name() -> String {
        "types.PatchStrategicMerge".into()
    }

    fn read(&mut self, value: &serde_json::Value, decoder: &mut crate::decode::Decoder) {
        match value {
            serde_json::Value::Object(_) => decoder.mismatch("object", &Self::type_name()),
            value => self.0.read(value, decoder),
        }
    }
}

impl SecretArgs {
    /// The part that a ConfigMap has as well.
    pub(crate) fn generator(&self) -> GeneratorArgs {
        GeneratorArgs {
            namespace: self.namespace.clone(),
            name: self.name.clone(),
            behavior: self.behavior.clone(),
            literals: self.literals.clone(),
            files: self.files.clone(),
            envs: self.envs.clone(),
            env: self.env.clone(),
            options: self.options.clone(),
        }
    }
}

impl GeneratorOptions {
    /// A generator's options, completed by those of the kustomization.
    pub(crate) fn merged(local: Option<&Self>, global: Option<&Self>) -> Option<Self> {
        let Some(global) = global else {
            return local.cloned();
        };
        let local = local.cloned().unwrap_or_default();
        let complete = |mut local: BTreeMap<String, String>, global: &BTreeMap<String, String>| {
            for (key, value) in global {
                local.entry(key.clone()).or_insert_with(|| value.clone());
            }
            local
        };
        Some(Self {
            labels: complete(local.labels, &global.labels),
            annotations: complete(local.annotations, &global.annotations),
            disable_name_suffix_hash: local.disable_name_suffix_hash || global.disable_name_suffix_hash,
            immutable: local.immutable || global.immutable,
        })
    }
}

impl ReplacementSource {
    pub(crate) fn id(&self) -> ResId {
        let gvk = Gvk::new(&self.group, &self.version, &self.kind);
        ResId::unscoped(gvk, &self.name, &self.namespace)
    }
}

impl Var {
    /// The kind of the object, its `apiVersion` winning over group and version.
    pub(crate) fn gvk(&self) -> Gvk {
        let object = &self.object;
        let mut gvk = Gvk::new(&object.group, &object.version, &object.kind);
        let parts: Vec<&str> = object.api_version.split('/').collect();
        match parts[..] {
            [""] => {}
            [version] => version.clone_into(&mut gvk.version),
            [group, version] => {
                group.clone_into(&mut gvk.group);
                version.clone_into(&mut gvk.version);
            }
            _ => {}
        }
        gvk
    }
}
