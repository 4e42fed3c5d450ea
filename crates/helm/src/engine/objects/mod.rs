//! The objects at the root of a template: `.Chart`, `.Files`, `.Release`, `.Capabilities`, `.Values`, `.Subcharts`.

mod capabilities;
mod chart;
mod chart_struct;
mod files;
mod values;

use gotemplate::{Map, Value};

use super::Template;
use crate::capabilities::{Capabilities, Compatibility};
use crate::chart::Chart;
use crate::values::table;

/// What `.Release` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its name.
    pub name: String,
    /// The namespace that it is installed in.
    pub namespace: String,
    /// How often it has been installed or upgraded, this time included.
    pub revision: u32,
    /// Whether it is upgraded, not installed.
    pub is_upgrade: bool,
}

impl Default for Release {
    fn default() -> Self {
        Self {
            name: "release-name".to_owned(),
            namespace: "default".to_owned(),
            revision: 1,
            is_upgrade: false,
        }
    }
}

impl Release {
    fn object(&self) -> Map {
        Map::from_iter([
            ("Name", Value::from(self.name.as_str())),
            ("Namespace", self.namespace.as_str().into()),
            ("IsUpgrade", self.is_upgrade.into()),
            ("IsInstall", (!self.is_upgrade).into()),
            ("Revision", Value::Int(self.revision.into())),
            ("Service", "Helm".into()),
        ])
    }
}

/// The files of a chart and its subcharts with the objects that they are executed on. All files of a chart
/// share its objects; so do its subcharts the release and the capabilities.
pub fn templates(
    chart: &Chart,
    values: &Map,
    release: &Release,
    capabilities: &Capabilities,
    compatibility: Compatibility,
) -> Vec<Template> {
    let mut files = Files {
        release: release.object(),
        capabilities: capabilities::object(capabilities, compatibility),
        compatibility,
        templates: Vec::new(),
    };
    files.of_chart(chart, chart.name(), &values::named(values), true);
    files.templates
}

struct Files {
    release: Map,
    capabilities: Value,
    compatibility: Compatibility,
    templates: Vec<Template>,
}

impl Files {
    fn chart(&self, chart: &Chart, is_root: bool) -> Value {
        let shown = chart::object(&chart.metadata, is_root);
        match self.compatibility {
            Compatibility::Helm4 => Value::Map(shown),
            Compatibility::Helm3 => chart_struct::object(&shown),
        }
    }

    fn of_chart(&mut self, chart: &Chart, path: &str, values: &Map, is_root: bool) -> Map {
        let subcharts = Map::new();
        let objects = Map::from_iter([
            ("Chart", self.chart(chart, is_root)),
            ("Files", files::object(&chart.files).into()),
            ("Release", self.release.clone().into()),
            ("Capabilities", self.capabilities.clone()),
            ("Values", values.clone().into()),
            ("Subcharts", subcharts.clone().into()),
        ]);
        for subchart in &chart.dependencies {
            let own = table(values, subchart.name()).unwrap_or_default();
            let path = format!("{path}/charts/{}", subchart.name());
            let below = self.of_chart(subchart, &path, &values::named(&own), false);
            subcharts.insert(subchart.name(), below);
        }
        let base_path = format!("{path}/templates");
        let taken = chart
            .templates
            .iter()
            .filter(|file| !chart.is_library() || is_partial(&file.name));
        self.templates.extend(taken.map(|file| Template {
            name: format!("{path}/{}", file.name),
            text: file.data.clone(),
            data: objects.clone(),
            base_path: base_path.clone(),
        }));
        objects
    }
}

/// Whether a file only defines templates for others.
pub(super) fn is_partial(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|base| base.starts_with('_'))
}
