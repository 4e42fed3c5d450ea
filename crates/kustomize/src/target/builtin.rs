//! The built-in generators and transformers that the fields of a kustomization stand for, in their order.

use super::{
    asked::{Asked, Asker},
    kustomization_target::Target,
};
use crate::{
    context::Cx,
    error::{Context as _, Error, Result},
    fieldspec::{FieldSpec, Tables, merge_all, merge_one},
    generate::{Chart, ChartArgs, DataKind, generate},
    kustomization::{GeneratorArgs, GeneratorOptions, Kustomization, Label},
    loader::Loader,
    replacement::Replacements,
    resource::Resource,
    transform::{
        Affix, AffixKind, Annotations, Images, Json6902, Json6902Args, Labels, Namespace, PatchArgs,
        PatchTransformer, Replicas, StrategicMerge, StrategicMergeArgs, Transform,
    },
};

/// Makes objects.
pub(crate) enum Generator<'a> {
    ConfigMap(GeneratorArgs),
    /// With its type.
    Secret(GeneratorArgs, String),
    Chart(Chart<'a>),
    /// Objects that are made already.
    Ready(Vec<Resource>),
}

impl Generator<'_> {
    pub(crate) fn generate(self, loader: &Loader, cx: &Cx<'_>) -> Result<Vec<Resource>> {
        match self {
            Self::ConfigMap(args) => Ok(vec![generate(&args, DataKind::ConfigMap, loader, cx)?]),
            Self::Secret(args, kind) => Ok(vec![generate(&args, DataKind::Secret(&kind), loader, cx)?]),
            Self::Chart(chart) => chart.generate(loader, cx),
            Self::Ready(resources) => Ok(resources),
        }
    }
}

pub(super) fn generators<'a>(target: &Target, cx: &Cx<'a>) -> Result<Vec<Asked<Generator<'a>>>> {
    let kustomization = &target.kustomization;
    let global = kustomization.generator_options.as_ref();
    let with_options = |mut args: GeneratorArgs| {
        args.options = GeneratorOptions::merged(args.options.as_ref(), global);
        args
    };
    let mut generators = Vec::new();
    for (index, args) in kustomization.config_map_generator.iter().enumerate() {
        let generator = Generator::ConfigMap(with_options(args.clone()));
        let by = Asker::Item("configMapGenerator", index);
        generators.push(target.asked(by, "ConfigMapGenerator", generator));
    }
    for (index, args) in kustomization.secret_generator.iter().enumerate() {
        let generator = Generator::Secret(with_options(args.generator()), args.secret_type.clone());
        let by = Asker::Item("secretGenerator", index);
        generators.push(target.asked(by, "SecretGenerator", generator));
    }
    for (index, chart) in kustomization.helm_charts.iter().enumerate() {
        let mut args = ChartArgs::new(kustomization.helm_globals.as_ref(), chart);
        if args.namespace.is_empty() {
            args.namespace = if kustomization.namespace.is_empty() {
                target.outer_namespace.clone()
            } else {
                kustomization.namespace.clone()
            };
        }
        let text = args.name.clone();
        let chart = Chart::new(args, &target.loader, cx)
            .map_err(|error| trouble(error, "HelmChartInflationGenerator", &format!("name: {text}\n")));
        let by = Asker::Item("helmCharts", index);
        let generator = Generator::Chart(by.blamed(chart)?);
        generators.push(target.asked(by, "HelmChartInflationGenerator", generator));
    }
    Ok(generators)
}

/// Names the plugin that could not be configured, and quotes its configuration as kustomize does.
fn trouble(error: Error, plugin: &str, config: &str) -> Error {
    let outline = format!("trouble configuring builtin {plugin}");
    error.within_quoting(&format!("{outline} with config: `\n{config}`"), &outline)
}

type Transformers<'a> = Vec<Asked<Box<dyn Transform + 'a>>>;

pub(super) fn transformers<'a>(target: &Target, tables: &Tables, cx: &Cx<'a>) -> Result<Transformers<'a>> {
    let kustomization = &target.kustomization;
    let mut transformers: Transformers<'a> = Vec::new();
    let mut add = |by: Asker, name: &str, transformer: Box<dyn Transform>| {
        transformers.push(target.asked(by, name, transformer));
    };
    patches(target, cx, &mut add)?;
    if !kustomization.namespace.is_empty() {
        let transformer = Namespace {
            name: kustomization.namespace.clone(),
            fields: tables.namespace.clone(),
            ..Namespace::default()
        };
        let by = Asker::Field("namespace");
        add(by, "NamespaceTransformer", Box::new(transformer));
    }
    for (field, name, kind, text, fields) in [
        (
            "namePrefix",
            "PrefixTransformer",
            AffixKind::Prefix,
            &kustomization.name_prefix,
            &tables.name_prefix,
        ),
        (
            "nameSuffix",
            "SuffixTransformer",
            AffixKind::Suffix,
            &kustomization.name_suffix,
            &tables.name_suffix,
        ),
    ] {
        if !text.is_empty() {
            let (text, fields) = (text.clone(), fields.clone());
            let transformer = Affix { kind, text, fields };
            add(Asker::Field(field), name, Box::new(transformer));
        }
    }
    for (by, labels) in labels(kustomization, tables)? {
        add(by, "LabelTransformer", Box::new(labels));
    }
    if !kustomization.common_annotations.is_empty() {
        let transformer = Annotations {
            annotations: kustomization.common_annotations.clone(),
            fields: tables.common_annotations.clone(),
        };
        let by = Asker::Field("commonAnnotations");
        add(by, "AnnotationsTransformer", Box::new(transformer));
    }
    json_patches(target, cx, &mut add)?;
    for (index, replica) in kustomization.replicas.iter().enumerate() {
        let (replica, fields) = (replica.clone(), tables.replicas.clone());
        let by = Asker::Item("replicas", index);
        add(
            by,
            "ReplicaCountTransformer",
            Box::new(Replicas { replica, fields }),
        );
    }
    for (index, image) in kustomization.images.iter().enumerate() {
        let (image, fields) = (image.clone(), tables.images.clone());
        let by = Asker::Item("images", index);
        add(by, "ImageTagTransformer", Box::new(Images { image, fields }));
    }
    if !kustomization.replacements.is_empty() {
        let by = Asker::Field("replacements");
        let replacements = Replacements::load(&kustomization.replacements, &target.loader, cx)
            .map_err(|error| trouble(error, "ReplacementTransformer", ""));
        add(by, "ReplacementTransformer", Box::new(by.blamed(replacements)?));
    }
    Ok(transformers)
}

type Add<'a> = dyn FnMut(Asker, &str, Box<dyn Transform>) + 'a;

fn patches(target: &Target, cx: &Cx<'_>, add: &mut Add<'_>) -> Result<()> {
    let kustomization = &target.kustomization;
    let paths: Vec<String> = kustomization
        .patches_strategic_merge
        .iter()
        .map(|patch| patch.0.clone())
        .collect();
    if !paths.is_empty() {
        let text = yaml::to_string(&serde_json::json!({ "paths": paths }));
        let args = StrategicMergeArgs {
            paths,
            ..StrategicMergeArgs::default()
        };
        let patches = StrategicMerge::load(&args, &target.loader, cx)
            .map_err(|error| trouble(error, "PatchStrategicMergeTransformer", &text));
        let by = Asker::Field("patchesStrategicMerge");
        add(
            by,
            "PatchStrategicMergeTransformer",
            Box::new(by.blamed(patches)?),
        );
    }
    for (index, patch) in kustomization.patches.iter().enumerate() {
        let args = PatchArgs::from(patch);
        let patch = PatchTransformer::load(&args, &target.loader, cx)
            .map_err(|error| trouble(error, "PatchTransformer", &args.text()));
        let by = Asker::Item("patches", index);
        add(by, "PatchTransformer", Box::new(by.blamed(patch)?));
    }
    Ok(())
}

fn json_patches(target: &Target, cx: &Cx<'_>, add: &mut Add<'_>) -> Result<()> {
    for (index, patch) in target.kustomization.patches_json6902.iter().enumerate() {
        let args = Json6902Args {
            target: patch.target.clone(),
            path: patch.path.clone(),
            operations: patch.patch.clone(),
        };
        let text = PatchArgs::from(patch).text();
        let patch = Json6902::load(args, &target.loader, cx)
            .map_err(|error| trouble(error, "PatchJson6902Transformer", &text));
        let by = Asker::Item("patchesJson6902", index);
        add(by, "PatchJson6902Transformer", Box::new(by.blamed(patch)?));
    }
    Ok(())
}

/// One transformer for each entry of `labels`, and one for `commonLabels`, which may be empty.
fn labels(kustomization: &Kustomization, tables: &Tables) -> Result<Vec<(Asker, Labels)>> {
    if kustomization.labels.is_empty() && kustomization.common_labels.is_empty() {
        return Ok(Vec::new());
    }
    let mut transformers = Vec::new();
    for (index, label) in kustomization.labels.iter().enumerate() {
        let by = Asker::Item("labels", index);
        let labels = label.pairs.clone();
        let fields = label_fields(label, tables)
            .context(|| "failed to merge labels".into())
            .under("fields");
        let fields = by.blamed(fields)?;
        transformers.push((by, Labels { labels, fields }));
    }
    let common = Labels {
        labels: kustomization.common_labels.clone(),
        fields: tables.common_labels.clone(),
    };
    transformers.push((Asker::Field("commonLabels"), common));
    Ok(transformers)
}

fn label_fields(label: &Label, tables: &Tables) -> Result<Vec<FieldSpec>> {
    let mut fields = label.fields.clone();
    merge_all(&mut fields, &tables.labels)?;
    if label.include_selectors {
        merge_all(&mut fields, &tables.common_labels)?;
        return Ok(fields);
    }
    if label.include_templates {
        merge_all(&mut fields, &tables.template_labels)
            .context(|| "failed to merge template fieldSpec".into())?;
    }
    if label.include_volume_claim_templates {
        merge_all(&mut fields, &tables.volume_claim_template_labels)
            .context(|| "failed to merge volumeClaimTemplate fieldSpec".into())?;
    }
    merge_one(&mut fields, &FieldSpec::everywhere("metadata/labels"))?;
    Ok(fields)
}

impl Target {
    /// A built-in plugin that a field asks for; what is noted of it, only if anybody wants to know.
    fn asked<T>(&self, by: Asker, name: &str, plugin: T) -> Asked<T> {
        let origin = self
            .origin
            .as_ref()
            .map(|origin| origin.of_builtin(self.file.name(), name));
        Asked { plugin, origin, by }
    }
}
