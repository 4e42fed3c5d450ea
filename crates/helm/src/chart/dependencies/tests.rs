use std::collections::BTreeMap;

use manifest::{Tree, TreePath};
use serde::Deserialize;

use super::*;
use crate::chart::from_directory;
use crate::values::{SetForm, set, shown};

#[derive(Deserialize)]
struct Case {
    name: String,
    files: BTreeMap<String, String>,
    set: Vec<String>,
    /// The values that each chart sees, by its path.
    out: Option<BTreeMap<String, serde_json::Value>>,
}

fn seen(case: &Case) -> Result<BTreeMap<String, serde_json::Value>, Error> {
    let files = case.files.iter().map(|(name, text)| (name, text.clone()));
    let tree = Tree::from_files(files).expect("paths within the tree");
    let mut chart = from_directory(&tree, &TreePath::root()).expect("a chart");
    let values = Map::new();
    for text in &case.set {
        set(&values, text, &SetForm::Typed).expect("an assignment");
    }
    process_dependencies(&mut chart, &values, &mut Budget::default())?;
    let values = coalesce_values(&chart, &values, Compatibility::Helm4).map_err(Error::Dependencies)?;
    let mut seen = BTreeMap::new();
    collect(&chart, &values, "", &mut seen);
    Ok(seen)
}

fn collect(chart: &Chart, values: &Map, above: &str, seen: &mut BTreeMap<String, serde_json::Value>) {
    let path = format!("{above}{}", chart.name());
    for subchart in &chart.dependencies {
        let own = table(values, subchart.name()).expect("a table for each subchart");
        collect(subchart, &own, &format!("{path}/charts/"), seen);
    }
    seen.insert(path, serde_json::from_str(&shown(values)).expect("JSON"));
}

#[test]
fn charts_see_the_values_that_helm_gives_them() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../../testdata/dependencies.json")).expect("cases");
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let found = seen(case).ok();
            (found != case.out).then(|| format!("{}:\n{found:?}\nnot\n{:?}", case.name, case.out))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
