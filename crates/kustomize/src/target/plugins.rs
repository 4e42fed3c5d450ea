//! Plugins that objects configure: `generators`, `transformers` and `validators`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    accumulator::Accumulator,
    asked::{Asked, Asker},
    builtin::Generator,
    function::Function,
    kustomization_target::Target,
};
use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Context as _, Error, Reason, Result, fail},
    fieldspec::FieldSpec,
    generate::{Chart, IamPolicy},
    goquote,
    kustomization::{GeneratorArgs, GeneratorOptions, Image, ObjectMeta, Replica},
    loader::Loader,
    origin::{ORIGIN, Origin},
    replacement::Replacements,
    resmap::ResMap,
    resource::{Resource, parse},
    transform::{
        Affix, AffixKind, Annotations, Hash, Images, Json6902, Labels, Namespace, PatchTransformer, Replicas,
        StrategicMerge, Subjects, Transform, ValueAdd,
    },
};

const BUILTIN: &str = "builtin";
const VALIDATED_BY: &str = "validated-by";
const GENERATORS: [&str; 4] = [
    "ConfigMapGenerator",
    "IAMPolicyGenerator",
    "SecretGenerator",
    "HelmChartInflationGenerator",
];

decodable! {
    struct MapConfig("AnnotationsTransformerPlugin" in "builtins") {
        annotations: BTreeMap<String, String> = "annotations",
        labels: BTreeMap<String, String> = "labels",
        fields: Vec<FieldSpec> = "fieldSpecs",
    }

    struct NamespaceConfig("NamespaceTransformerPlugin" in "builtins") {
        metadata: ObjectMeta = "metadata",
        fields: Vec<FieldSpec> = "fieldSpecs",
        unset_only: bool = "unsetOnly",
        subjects: String = "setRoleBindingSubjects",
    }

    struct AffixConfig("PrefixTransformerPlugin" in "builtins") {
        prefix: String = "prefix",
        suffix: String = "suffix",
        fields: Option<Vec<FieldSpec>> = "fieldSpecs",
    }

    struct ImageConfig("ImageTagTransformerPlugin" in "builtins") {
        image: Image = "imageTag",
        fields: Vec<FieldSpec> = "fieldSpecs",
    }

    struct ReplicaConfig("ReplicaCountTransformerPlugin" in "builtins") {
        replica: Replica = "replica",
        fields: Vec<FieldSpec> = "fieldSpecs",
    }

    struct DataConfig("ConfigMapGeneratorPlugin" in "builtins") {
        metadata: ObjectMeta = "metadata",
        namespace: String = "namespace",
        name: String = "name",
        behavior: String = "behavior",
        literals: Vec<String> = "literals",
        files: Vec<String> = "files",
        envs: Vec<String> = "envs",
        options: Option<GeneratorOptions> = "options",
        secret_type: String = "type",
    }
}

/// A list of a kustomization that has configurations of plugins: its name and its entries.
type List<'a> = (&'static str, &'a [String]);

pub(super) fn generators<'a>(target: &Target, cx: &Cx<'a>) -> Result<Vec<Asked<Generator<'a>>>> {
    let entries = &target.kustomization.generators;
    let configs = configs(target, ("generators", entries), "generator", cx)?;
    let asked = configs.iter().map(|(by, config)| {
        let generator = generator(config, &target.loader, cx).context(|| "failed to load generator".into());
        Ok(Asked {
            plugin: by.blamed(generator)?,
            origin: Origin::of_plugin(config),
            by: *by,
        })
    });
    asked.collect()
}

pub(super) fn transformers<'a>(
    target: &Target,
    list: List<'_>,
    cx: &Cx<'a>,
) -> Result<Vec<Asked<Box<dyn Transform + 'a>>>> {
    let configs = configs(target, list, "transformer", cx)?;
    let asked = configs.iter().map(|(by, config)| {
        Ok(Asked {
            plugin: by.blamed(transformer(config, &target.loader, cx))?,
            origin: Origin::of_plugin(config),
            by: *by,
        })
    });
    asked.collect()
}

/// The configuring objects of a list: each entry is one itself, or a path to some; those of paths come last.
fn configs(
    target: &Target,
    (list, entries): List<'_>,
    what: &str,
    cx: &Cx<'_>,
) -> Result<Vec<(Asker, Resource)>> {
    let mut gathered = Accumulator::default();
    let mut askers = Vec::new();
    let mut paths = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let by = Asker::Configuration(list, index);
        let Ok(nodes) = parse(entry.as_bytes()) else {
            paths.push((by, std::slice::from_ref(entry)));
            continue;
        };
        let mut resources: Vec<Resource> = nodes.into_iter().map(Resource::from).collect();
        if let Some(origin) = &target.origin {
            let origin = origin.append(target.file.name()).text();
            for resource in &mut resources {
                resource.set_annotation(ORIGIN, &origin);
            }
        }
        let appended = gathered.map.append_all(resources, &cx.schemas);
        by.blamed(appended.context(|| format!("configuring external {what}")))?;
        askers.resize(gathered.map.list().len(), by);
    }
    for (by, path) in paths {
        by.blamed(target.add_resources(&mut gathered, path, cx))?;
        askers.resize(gathered.map.list().len(), by);
    }
    Ok(askers.into_iter().zip(gathered.map.into_list()).collect())
}

pub(crate) fn generator<'a>(config: &Resource, loader: &Loader, cx: &Cx<'a>) -> Result<Generator<'a>> {
    let id = config.original_id(&cx.schemas);
    if !is_builtin(config) {
        let function = Function::load(config, cx)?;
        return Ok(Generator::Ready(function.generate(cx)?));
    }
    if !GENERATORS.contains(&config.kind()) {
        transformer(config, loader, cx)?;
        fail!("plugin {id} not a generator");
    }
    let value = config_value(config);
    let made =
        match config.kind() {
            "ConfigMapGenerator" => decode(&value, Strictness::Lenient)
                .map(|args: DataConfig| Generator::ConfigMap(args.generator())),
            "SecretGenerator" => decode(&value, Strictness::Lenient)
                .map(|args: DataConfig| Generator::Secret(args.generator(), args.secret_type)),
            "IAMPolicyGenerator" => IamPolicy::configured(&value)
                .and_then(|policy| Ok(Generator::Ready(vec![policy.generate()?]))),
            _ => Chart::configured(&value, loader, cx).map(Generator::Chart),
        };
    made.context(|| format!("plugin {id} fails configuration"))
}

/// The transformer that an object configures.
pub(crate) fn transformer<'a>(
    config: &Resource,
    loader: &Loader,
    cx: &Cx<'a>,
) -> Result<Box<dyn Transform + 'a>> {
    let id = config.original_id(&cx.schemas);
    if !is_builtin(config) {
        return Ok(Box::new(Function::load(config, cx)?));
    }
    if GENERATORS.contains(&config.kind()) {
        fail!("plugin {id} not a transformer");
    }
    match builtin_transformer(config.kind(), &config_value(config), loader, cx) {
        None => fail!("unable to load builtin {}", config.gvk()),
        Some(transformer) => transformer.context(|| format!("plugin {id} fails configuration")),
    }
}

fn builtin_transformer(
    kind: &str,
    config: &Value,
    loader: &Loader,
    cx: &Cx<'_>,
) -> Option<Result<Box<dyn Transform>>> {
    Some(match kind {
        "AnnotationsTransformer" => read(config).map(
            |MapConfig {
                 annotations, fields, ..
             }| { boxed(Annotations { annotations, fields }) },
        ),
        "LabelTransformer" => {
            read(config).map(|MapConfig { labels, fields, .. }| boxed(Labels { labels, fields }))
        }
        "HashTransformer" => Ok(boxed(Hash)),
        "ImageTagTransformer" => {
            read(config).map(|ImageConfig { image, fields }| boxed(Images { image, fields }))
        }
        "ReplicaCountTransformer" => {
            read(config).map(|ReplicaConfig { replica, fields }| boxed(Replicas { replica, fields }))
        }
        "NamespaceTransformer" => namespace(config),
        "PrefixTransformer" => affix(config, AffixKind::Prefix).map(boxed),
        "SuffixTransformer" => affix(config, AffixKind::Suffix).map(boxed),
        "PrefixSuffixTransformer" => affix(config, AffixKind::Prefix)
            .and_then(|prefix| Ok(boxed(Both(prefix, affix(config, AffixKind::Suffix)?)))),
        "PatchTransformer" => PatchTransformer::configured(config, loader, cx).map(boxed),
        "PatchStrategicMergeTransformer" => StrategicMerge::configured(config, loader, cx).map(boxed),
        "PatchJson6902Transformer" => Json6902::configured(config, loader, cx).map(boxed),
        "ReplacementTransformer" => Replacements::configured(config, loader, cx).map(boxed),
        "ValueAddTransformer" => ValueAdd::configured(config, loader, cx).map(boxed),
        _ => return None,
    })
}

fn boxed(transformer: impl Transform + 'static) -> Box<dyn Transform> {
    Box::new(transformer)
}

fn read<T: crate::decode::Decode>(config: &Value) -> Result<T> {
    decode(config, Strictness::Lenient).context(|| "error unmarshaling JSON: while decoding JSON".into())
}

fn namespace(config: &Value) -> Result<Box<dyn Transform>> {
    let config: NamespaceConfig =
        read(config).context(|| "unmarshalling NamespaceTransformer config".into())?;
    Ok(boxed(Namespace {
        name: config.metadata.namespace,
        fields: config.fields,
        unset_only: config.unset_only,
        subjects: Subjects::parse(&config.subjects)?,
    }))
}

fn affix(config: &Value, kind: AffixKind) -> Result<Affix> {
    let config: AffixConfig = read(config)?;
    let text = match kind {
        AffixKind::Prefix => config.prefix,
        AffixKind::Suffix => config.suffix,
    };
    Affix::configured(kind, text, config.fields)
}

/// One transformer after the other.
struct Both(Affix, Affix);

impl Transform for Both {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        self.0.transform(map, cx)?;
        self.1.transform(map, cx)
    }
}

impl DataConfig {
    /// Name and namespace may stand in the metadata as well.
    fn generator(&self) -> GeneratorArgs {
        let or = |text: &String, other: &String| {
            if text.is_empty() {
                other.clone()
            } else {
                text.clone()
            }
        };
        GeneratorArgs {
            namespace: or(&self.namespace, &self.metadata.namespace),
            name: or(&self.name, &self.metadata.name),
            behavior: self.behavior.clone(),
            literals: self.literals.clone(),
            files: self.files.clone(),
            envs: self.envs.clone(),
            env: String::new(),
            options: self.options.clone(),
        }
    }
}

fn is_builtin(config: &Resource) -> bool {
    config.api_version() == BUILTIN
}

fn config_value(config: &Resource) -> Value {
    config.node.clone().into_value()
}

/// The refusal of a plugin that is none of the built-in ones.
pub(super) fn refused(config: &Resource) -> Error {
    Error::with_reason(
        Reason::NotEnabled,
        format!(
            "external plugins disabled; unable to load external plugin '{}'",
            config.kind()
        ),
    )
}

/// The first object that a validator changed; it may leave its label, though.
pub(super) fn first_difference(before: &ResMap, after: &ResMap) -> Option<String> {
    let without_label = |resource: &Resource| {
        let mut resource = resource.clone();
        let mut labels = resource.strings("labels");
        if labels.remove(VALIDATED_BY).is_some() {
            resource.set_strings("labels", labels);
        }
        resource.node.into_value()
    };
    if before.list().len() != after.list().len() {
        return Some("lists have different number of entries".to_owned());
    }
    before
        .list()
        .iter()
        .zip(after.list())
        .find(|(old, new)| old.node.clone().into_value() != without_label(new))
        .map(|(old, _)| goquote::quote(old.name()))
}
