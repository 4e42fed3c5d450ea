use serde_json::{Map, Value};

use crate::decode::{Decode, Decoder, decodable};

decodable! {
    struct HelmGlobals("HelmGlobals" in "types") {
        chart_home: String = "chartHome",
        config_home: String = "configHome",
    }

    /// A chart to be rendered.
    struct HelmChart("HelmChart" in "types") {
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
        debug: bool = "debug",
        devel: bool = "devel",
    }

    /// The older spelling of a chart.
    struct HelmChartArgs("HelmChartArgs" in "types") {
        chart_name: String = "chartName",
        chart_version: String = "chartVersion",
        chart_repo_url: String = "chartRepoUrl",
        chart_home: String = "chartHome",
        chart_repo_name: String = "chartRepoName",
        helm_bin: String = "helmBin",
        helm_home: String = "helmHome",
        values: String = "values",
        values_local: Values = "valuesLocal",
        values_merge: String = "valuesMerge",
        release_name: String = "releaseName",
        release_namespace: String = "releaseNamespace",
        extra_args: Vec<String> = "extraArgs",
    }
}

/// Values of a chart, as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Values(pub(crate) Map<String, Value>);

impl Decode for Values {
    fn type_name() -> String {
        "map[string]interface {}".into()
    }

    fn read(&mut self, value: &Value, decoder: &mut Decoder) {
        match value {
            Value::Null => {}
            Value::Object(values) => self.0.clone_from(values),
            Value::Array(_) => decoder.mismatch("array", &Self::type_name()),
            Value::String(_) => decoder.mismatch("string", &Self::type_name()),
            Value::Number(_) => decoder.mismatch("number", &Self::type_name()),
            Value::Bool(_) => decoder.mismatch("bool", &Self::type_name()),
        }
    }
}

impl From<HelmChartArgs> for HelmChart {
    fn from(old: HelmChartArgs) -> Self {
        Self {
            name: old.chart_name,
            version: old.chart_version,
            repo: old.chart_repo_url,
            values_file: old.values,
            values_inline: old.values_local,
            values_merge: old.values_merge,
            release_name: old.release_name,
            ..Self::default()
        }
    }
}
