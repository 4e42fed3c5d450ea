use manifest::{Tree, TreePath};
use serde_json::Value;
use yaml::Reader;

use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Context as _, Error, Reason, Result, fail},
    kustomization::{HelmChart, HelmGlobals, Values},
    loader::Loader,
    merge::{ListGrowth, merge},
    node::Node,
    resolver::{ChartReference, ChartRequest, Charts},
    resource::{Resource, parse},
};

const DEFAULT_HOME: &str = "charts";
const VALUES: &str = "values.yaml";

decodable! {
    /// A chart as an entry of `generators` configures it.
    struct ChartArgs("HelmChartInflationGeneratorPlugin" in "builtins") {
        chart_home: String = "chartHome",
        name: String = "name",
        version: String = "version",
        repo: String = "repo",
        release_name: String = "releaseName",
        namespace: String = "namespace",
        additional_values_files: Vec<String> = "additionalValuesFiles",
        values_file: String = "valuesFile",
        values_inline: Values = "valuesInline",
        values_merge: String = "valuesMerge",
        include_crds: bool = "includeCRDs",
        skip_hooks: bool = "skipHooks",
        api_versions: Vec<String> = "apiVersions",
        kube_version: String = "kubeVersion",
        name_template: String = "nameTemplate",
        skip_tests: bool = "skipTests",
        devel: bool = "devel",
    }
}

impl ChartArgs {
    pub(crate) fn new(globals: Option<&HelmGlobals>, chart: &HelmChart) -> Self {
        let chart = chart.clone();
        Self {
            chart_home: globals.map_or_else(String::new, |globals| globals.chart_home.clone()),
            name: chart.name,
            version: chart.version,
            repo: chart.repo,
            release_name: chart.release_name,
            namespace: chart.namespace,
            additional_values_files: chart.additional_values_files,
            values_file: chart.values_file,
            values_inline: chart.values_inline,
            values_merge: chart.values_merge,
            include_crds: chart.include_crds,
            skip_hooks: chart.skip_hooks,
            api_versions: chart.api_versions,
            kube_version: chart.kube_version,
            name_template: chart.name_template,
            skip_tests: chart.skip_tests,
            devel: chart.devel,
        }
    }
}

/// Renders a chart, by means that the caller of the build provides.
pub(crate) struct Chart<'a> {
    args: ChartArgs,
    charts: &'a dyn Charts,
}

impl<'a> Chart<'a> {
    pub(crate) fn configured(config: &Value, loader: &Loader, cx: &Cx<'a>) -> Result<Self> {
        Self::new(decode(config, Strictness::Lenient)?, loader, cx)
    }

    pub(crate) fn new(mut args: ChartArgs, loader: &Loader, cx: &Cx<'a>) -> Result<Self> {
        let Some(charts) = cx.options.charts else {
            return Err(Error::with_reason(
                Reason::NotEnabled,
                "must specify --enable-helm",
            ));
        };
        // what a chart says itself wins over the options
        if args.kube_version.is_empty() {
            args.kube_version.clone_from(&cx.options.helm_kube_version);
        }
        if args.api_versions.is_empty() {
            args.api_versions.clone_from(&cx.options.helm_api_versions);
        }
        if args.name.is_empty() {
            return Err(Error::new("chart name cannot be empty").under("name"));
        }
        if args.chart_home.is_empty() {
            DEFAULT_HOME.clone_into(&mut args.chart_home);
        }
        for (index, file) in args.additional_values_files.iter().enumerate() {
            loader
                .load(file, cx)
                .context(|| "could not load additionalValuesFile".into())
                .under(index)
                .under("additionalValuesFiles")?;
        }
        match args.values_merge.as_str() {
            "" => "override".clone_into(&mut args.values_merge),
            "merge" | "override" | "replace" => {}
            _ => {
                let problem = "valuesMerge must be one of [merge override replace]";
                return Err(Error::new(problem).under("valuesMerge"));
            }
        }
        Ok(Self { args, charts })
    }

    pub(crate) fn generate(&self, loader: &Loader, cx: &Cx<'_>) -> Result<Vec<Resource>> {
        let (chart, path) = self.locate(loader)?;
        let mut values = vec![self.values(loader, &chart, &path, cx)?];
        for file in &self.args.additional_values_files {
            values.push(read_values(&loader.load(file, cx)?, || loader.shown(file))?);
        }
        let args = &self.args;
        let request = ChartRequest {
            chart,
            path,
            release: args.release_name.clone(),
            namespace: args.namespace.clone(),
            name_template: args.name_template.clone(),
            values,
            api_versions: args.api_versions.clone(),
            kube_version: args.kube_version.clone(),
            include_crds: args.include_crds,
            skip_hooks: args.skip_hooks,
            skip_tests: args.skip_tests,
        };
        let text = self.charts.render(&request).map_err(|failure| {
            let told = |problem: &str| format!("failed to render chart {}: {problem}", args.name);
            Error::quoting(told(&failure.message), told(&failure.outline))
        })?;
        let nodes = parse(text.as_bytes())
            .map_err(Error::of_whole)
            .context(|| "could not parse bytes into resource map".into())?;
        let mut resources: Vec<Resource> = nodes.into_iter().map(Resource::from).collect();
        for resource in &mut resources {
            resource.state.helm_generated = true;
        }
        Ok(resources)
    }

    /// The chart in its home, or else from its repository.
    fn locate(&self, loader: &Loader) -> Result<(Tree, TreePath)> {
        let args = &self.args;
        if let Some(found) = loader.directory(&self.home(&args.name)) {
            return Ok(found);
        }
        if args.repo.is_empty() {
            fail!("no repo specified for pull, no chart found at ''");
        }
        let reference = ChartReference {
            repository: args.repo.clone(),
            name: args.name.clone(),
            version: args.version.clone(),
            devel: args.devel,
        };
        let tree = self.charts.fetch(&reference).map_err(|problem| {
            let chart = format!("{} of {}", args.name, args.repo);
            Error::with_reason(
                Reason::Remote(chart.clone()),
                format!("failed to fetch chart {chart}: {problem}"),
            )
        })?;
        Ok((tree, TreePath::root()))
    }

    fn home(&self, below: &str) -> String {
        let args = &self.args;
        if args.version.is_empty() || args.repo.is_empty() {
            format!("{}/{below}", args.chart_home)
        } else {
            format!("{}/{}-{}/{below}", args.chart_home, args.name, args.version)
        }
    }

    fn values(&self, loader: &Loader, chart: &Tree, path: &TreePath, cx: &Cx<'_>) -> Result<Value> {
        let args = &self.args;
        let inline = Value::Object(args.values_inline.0.clone());
        if args.values_inline.0.is_empty() {
            return self.own_values(loader, chart, path, cx);
        }
        if args.values_merge == "replace" {
            return Ok(inline);
        }
        let own = Node::from(self.own_values(loader, chart, path, cx)?);
        let inline = Node::from(inline);
        let (mut target, patch) = if args.values_merge == "override" {
            (own, inline)
        } else {
            (inline, own)
        };
        let merged = merge(&mut target, &patch, &cx.schemas, ListGrowth::Append)
            .context(|| "could not merge values".into())?;
        Ok(if merged {
            target.into_value()
        } else {
            Value::Object(serde_json::Map::new())
        })
    }

    /// The values of the file that is named, or else of the chart.
    fn own_values(&self, loader: &Loader, chart: &Tree, path: &TreePath, cx: &Cx<'_>) -> Result<Value> {
        let file = &self.args.values_file;
        if !file.is_empty() {
            let text = loader.load(file, cx).under("valuesFile")?;
            return read_values(&text, || loader.shown(file));
        }
        let name = &self.args.name;
        let text = chart
            .read(&path.child(VALUES))
            .map_err(|error| Error::new(format!("failed to read {VALUES} of chart {name}: {error}")))?;
        read_values(&text, || format!("{VALUES} of chart {name}"))
    }
}

fn read_values(text: &[u8], file: impl FnOnce() -> String) -> Result<Value> {
    yaml::from_slice(text, Reader::V3).map_err(|error| {
        Error::new(format!("could not parse values file into rnode: {error}"))
            .on_line(error.line)
            .in_file(file)
    })
}
