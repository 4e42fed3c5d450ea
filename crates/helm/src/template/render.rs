use std::collections::BTreeMap;

use gotemplate::{Executor, Map, SemVersion};

use super::observed::Observed;
use super::show_only::show_only;
use super::{Error, Options, Randomness, Rendered};
use crate::capabilities::{Capabilities, KubeVersion};
use crate::chart::{Chart, process_dependencies};
use crate::output::{Manifest, Manifests};
use crate::{engine, schema, values};

const NOTES: &str = "NOTES.txt";

/// Renders a chart with what the user sets.
pub(super) fn render(mut chart: Chart, values: &Map, options: &Options) -> Result<Rendered, Error> {
    check(&chart)?;
    process_dependencies(&mut chart, values, &mut options.budget())?;
    let mut rendered = Run {
        chart: &chart,
        values,
        options,
    }
    .rendered(options.randomness)?;
    if options.find_generated && rendered.is_random {
        let other = Run {
            chart: &chart,
            values,
            options,
        }
        .rendered(Randomness::System)?;
        rendered.generated = rendered.fields_unlike(&other);
    }
    if chart.metadata.deprecated {
        rendered.warnings.insert(0, "this chart is deprecated".to_owned());
    }
    Ok(rendered)
}

fn check(chart: &Chart) -> Result<(), Error> {
    let kind = &chart.metadata.kind;
    if !matches!(kind.as_str(), "" | "application") {
        return Err(Error::NotInstallable(kind.clone()));
    }
    let missing = chart.missing_dependencies();
    if missing.is_empty() {
        Ok(())
    } else {
        let names = missing.into_iter().map(|dependency| dependency.name.clone());
        Err(Error::MissingDependencies(names.collect()))
    }
}

/// One execution of all templates.
struct Run<'r> {
    chart: &'r Chart,
    values: &'r Map,
    options: &'r Options,
}

impl Run<'_> {
    fn rendered(&self, randomness: Randomness) -> Result<Rendered, Error> {
        let Self { chart, options, .. } = self;
        let values = values::coalesce_values(chart, self.values, options.compatibility)?;
        options.check_cancelled()?;
        if !options.skip_schema_validation {
            schema::validate(chart, &values).map_err(Error::Schema)?;
        }
        let capabilities = self.capabilities()?;
        let environment = Observed::new(randomness.environment());
        let mut files = self.executed(&values, &capabilities, &environment)?;
        let notes = take_notes(chart, &mut files);
        let Manifests { objects, hooks } =
            Manifests::from_files(&files, options.compatibility, &options.cancellation)?;
        let mut rendered = Rendered {
            definitions: if options.include_crds {
                definitions(chart)
            } else {
                Vec::new()
            },
            objects,
            hooks,
            notes,
            is_random: environment.was_asked(),
            ..Rendered::default()
        };
        let text = crate::output::print(
            &rendered.definitions,
            &rendered.objects,
            &rendered.hooks,
            options.hooks,
        );
        rendered.text = if options.show_only.is_empty() {
            text
        } else {
            show_only(&text, &options.show_only, options.compatibility)?
        };
        Ok(rendered)
    }

    fn capabilities(&self) -> Result<Capabilities, Error> {
        let mut capabilities = self.options.compatibility.capabilities();
        if let Some(served) = &self.options.served {
            capabilities.api_versions.clone_from(served);
        }
        capabilities
            .api_versions
            .extend_from_slice(&self.options.api_versions);
        if let Some(version) = &self.options.kube_version {
            capabilities.kube_version = version.clone();
        }
        let constraint = &self.chart.metadata.kube_version;
        if !constraint.is_empty() && !admits(constraint, &capabilities.kube_version) {
            return Err(Error::KubeVersion {
                constraint: constraint.clone(),
                version: capabilities.kube_version,
            });
        }
        Ok(capabilities)
    }

    fn executed(
        &self,
        values: &Map,
        capabilities: &Capabilities,
        environment: &Observed,
    ) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        let Self { chart, options, .. } = self;
        let limits = &options.limits;
        let files = engine::templates(
            chart,
            values,
            &options.release,
            capabilities,
            options.compatibility,
        );
        if files.len() > limits.files {
            return Err(Error::TooManyTemplates(limits.files));
        }
        let functions = engine::functions(options.lookup.clone());
        let cancellation = options.cancellation.clone();
        let executor = Executor::cancellable(&functions, environment, limits.templates, cancellation);
        let roots: Vec<Map> = files.iter().map(|file| file.data.clone()).collect();
        let rendered = engine::render(files, &functions, &executor, limits.output, options.compatibility);
        // templates may have put a table into itself
        roots.iter().for_each(Map::dissolve);
        executor.dissolve_changed();
        Ok(rendered?)
    }
}

fn admits(constraint: &str, version: &KubeVersion) -> bool {
    SemVersion::parse(version.normalized())
        .and_then(|version| version.satisfies(constraint))
        .unwrap_or(false)
}

/// Takes all notes out of the files, and gives those of the chart itself.
fn take_notes(chart: &Chart, files: &mut BTreeMap<String, Vec<u8>>) -> String {
    let own = format!("{}/templates/{NOTES}", chart.name());
    let notes = files
        .get(&own)
        .map(|notes| String::from_utf8_lossy(notes).into_owned());
    files.retain(|file, _| !file.ends_with(NOTES));
    notes.unwrap_or_default()
}

fn definitions(chart: &Chart) -> Vec<Manifest> {
    let definitions = chart.definitions().into_iter();
    definitions
        .map(|(file, content)| Manifest {
            file,
            kind: "CustomResourceDefinition".to_owned(),
            content,
            events: Vec::new(),
        })
        .collect()
}
