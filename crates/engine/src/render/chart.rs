use helm::{
    GeneratedField, Hooks, KubeVersion,
    output::{HookEvent, Manifest},
};
use manifest::{Object, Tree, TreePath, stream};

use super::{ChartOptions, Error, Options, Scopes, chart_settings};

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What a source gave.
#[derive(Default)]
pub(super) struct Made {
    pub(super) results: Vec<Result<Object, Error>>,
    /// Fields that would have other values in another render.
    pub(super) generated: Vec<GeneratedField>,
}

impl From<Vec<Result<Object, Error>>> for Made {
    fn from(results: Vec<Result<Object, Error>>) -> Self {
        Self {
            results,
            generated: Vec::new(),
        }
    }
}

/// Renders a chart. It is one whole: when it fails, none of it is known.
pub(super) fn chart(tree: &Tree, path: &TreePath, options: &Options) -> Made {
    render(tree, path, options).unwrap_or_else(|source| {
        let error = Error::Build {
            what: "chart",
            path: path.clone(),
            source,
        };
        vec![Err(error)].into()
    })
}

fn render(tree: &Tree, path: &TreePath, options: &Options) -> Result<Made, Cause> {
    let settings = chart_settings::complete(tree, path, &options.charts)?;
    let namespace = [&settings.namespace, &options.default_namespace]
        .into_iter()
        .find(|namespace| !namespace.is_empty())
        .map_or("default", String::as_str);
    let whole = helm::remote::complete(tree, path, options.remote.charts()).map_err(not_quoting)?;
    let mut template = template_options(tree, &settings)?;
    namespace.clone_into(&mut template.release.namespace);
    template.find_generated = true;
    // Helm's own words quote values
    let rendered = helm::template(&whole, path, &template).map_err(|error| error.outline())?;
    let manifests = rendered.definitions.iter().chain(&rendered.objects);
    let is_wanted = |hook: &&Manifest| {
        !(settings.no_hooks || settings.skip_tests && hook.events.contains(&HookEvent::Test))
    };
    let mut made = Made {
        results: manifests
            .chain(rendered.hooks.iter().filter(is_wanted))
            .flat_map(|manifest| stream::read(&manifest.file, manifest.content.as_bytes()))
            .map(|result| result.map_err(Error::from))
            .collect(),
        generated: rendered.generated,
    };
    set_namespace(&mut made.results, namespace);
    Ok(made)
}

/// Why dependencies cannot be had, without what the chart's files hold.
fn not_quoting(error: helm::remote::Error) -> Cause {
    match error {
        helm::remote::Error::Chart(error) => error.outline().into(),
        other => other.into(),
    }
}

/// A release's namespace is that of its objects; kinds that only the cluster knows are left to it.
fn set_namespace(results: &mut [Result<Object, Error>], namespace: &str) {
    let scopes = Scopes::of(results.iter().flatten());
    for object in results.iter_mut().flatten() {
        if object.namespace().is_empty() && scopes.is_namespaced(&object.group_kind()) == Some(true) {
            object.set_namespace(namespace);
        }
    }
}

/// What Helm is told, but for the namespace.
pub(super) fn template_options(tree: &Tree, settings: &ChartOptions) -> Result<helm::Options, Cause> {
    let mut options = helm::Options {
        api_versions: settings.api_versions.clone(),
        include_crds: settings.include_crds,
        hooks: Hooks::Hooks,
        randomness: settings.randomness,
        ..helm::Options::default()
    };
    options.release.name.clone_from(&settings.release_name);
    options.values.set.clone_from(&settings.set);
    for file in &settings.values_files {
        let text = tree.read(&TreePath::new(file)?)?;
        options.values.files.push((file.clone(), text.to_vec()));
    }
    let mut version = settings.kube_version.as_str();
    if let Some(cluster) = &settings.cluster {
        options.served = Some(cluster.api_versions.clone());
        if version.is_empty() {
            version = &cluster.kube_version;
        }
    }
    if !version.is_empty() {
        options.kube_version = Some(KubeVersion::parse(version)?);
    }
    Ok(options)
}
