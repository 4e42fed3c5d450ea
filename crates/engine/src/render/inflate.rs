use helm::{Hooks, KubeVersion, remote::ChartReference as HelmReference};
use kustomize::{ChartFailure, ChartReference, ChartRequest, Charts};
use manifest::Tree;

use super::{ChartOptions, Remote};

/// Renders the charts of a kustomization.
pub(super) struct Inflation<'a> {
    pub(super) charts: &'a ChartOptions,
    pub(super) remote: &'a Remote,
}

impl Charts for Inflation<'_> {
    fn fetch(&self, reference: &ChartReference) -> Result<Tree, String> {
        let Some(charts) = self.remote.charts() else {
            return Err("nothing can be fetched here".to_owned());
        };
        let reference = HelmReference {
            repository: reference.repository.clone(),
            name: reference.name.clone(),
            version: reference.version.clone(),
            devel: reference.devel,
        };
        let archive = charts.chart(&reference).map_err(|error| chain(&*error))?;
        let files = helm::chart::unpack(&archive).map_err(|error| chain(&error))?;
        let files = files.into_iter().map(|file| (file.name, file.data));
        Tree::from_files(files).map_err(|error| error.to_string())
    }

    fn render(&self, request: &ChartRequest) -> Result<String, ChartFailure> {
        let tree =
            helm::remote::complete(&request.chart, &request.path, self.remote.charts()).map_err(|error| {
                ChartFailure {
                    message: chain(&error),
                    outline: error.outline(),
                }
            })?;
        let options = self.options(request)?;
        let rendered = helm::template(&tree, &request.path, &options).map_err(|error| ChartFailure {
            message: error.helm_text(),
            outline: error.outline(),
        })?;
        Ok(rendered.text)
    }
}

impl Inflation<'_> {
    fn options(&self, request: &ChartRequest) -> Result<helm::Options, String> {
        let mut options = helm::Options {
            include_crds: request.include_crds,
            hooks: match (request.skip_hooks, request.skip_tests) {
                (true, _) => Hooks::Objects,
                (false, true) => Hooks::HooksWithoutTests,
                (false, false) => Hooks::Hooks,
            },
            randomness: self.charts.randomness,
            ..helm::Options::default()
        };
        let release = &mut options.release;
        // without a name Helm takes one of its own, for all that kustomize asks it to make one up
        if !request.release.is_empty() {
            release.name.clone_from(&request.release);
        }
        if !request.name_template.is_empty() {
            if request.name_template.contains("{{") {
                return Err("a nameTemplate with actions is not supported; use releaseName".to_owned());
            }
            release.name.clone_from(&request.name_template);
        }
        if !request.namespace.is_empty() {
            release.namespace.clone_from(&request.namespace);
        }
        for (index, values) in request.values.iter().enumerate() {
            // JSON is YAML, and Helm reads values from text
            let text = serde_json::to_vec(values).map_err(|error| error.to_string())?;
            options.values.files.push((format!("values {index}"), text));
        }
        let kube_version = first(&request.kube_version, &self.charts.kube_version);
        if !kube_version.is_empty() {
            let version = KubeVersion::parse(kube_version).map_err(|error| error.to_string())?;
            options.kube_version = Some(version);
        }
        options.api_versions = if request.api_versions.is_empty() {
            self.charts.api_versions.clone()
        } else {
            request.api_versions.clone()
        };
        Ok(options)
    }
}

fn first<'a>(own: &'a str, other: &'a str) -> &'a str {
    if own.is_empty() { other } else { own }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
