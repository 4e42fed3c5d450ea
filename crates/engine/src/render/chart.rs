use helm::{GeneratedField, Hooks, KubeVersion};
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
    let whole = helm::remote::complete(tree, path, options.remote.charts())?;
    let mut template = template_options(tree, &settings)?;
    namespace.clone_into(&mut template.release.namespace);
    template.find_generated = true;
    let rendered = helm::template(&whole, path, &template).map_err(|error| error.helm_text())?;
    let manifests = rendered.definitions.iter().chain(&rendered.objects);
    let mut made = Made {
        results: manifests
            .chain(&rendered.hooks)
            .flat_map(|manifest| stream::read(&manifest.file, manifest.content.as_bytes()))
            .map(|result| result.map_err(Error::from))
            .collect(),
        generated: rendered.generated,
    };
    if settings.no_hooks {
        made.results
            .retain(|result| !matches!(result, Ok(object) if object.annotation("helm.sh/hook").is_some()));
    }
    set_namespace(&mut made.results, namespace);
    Ok(made)
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
    if !settings.kube_version.is_empty() {
        options.kube_version = Some(KubeVersion::parse(&settings.kube_version)?);
    }
    Ok(options)
}
