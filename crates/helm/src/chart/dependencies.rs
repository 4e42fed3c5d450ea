use std::collections::HashSet;

use gotemplate::{Map, SemVersion, Value};

use super::{Budget, Chart, Dependency, Error};
use crate::capabilities::Compatibility;
use crate::values::{coalesce_values, deep_copy, lookup, merge_tables, merge_values, table};

/// Parts of a path that values are imported to.
const MAX_PARTS: usize = 1_000;

/// Takes the subcharts away that do not take part, gives the others their aliases, and imports their values.
pub fn process_dependencies(chart: &mut Chart, values: &Map, budget: &mut Budget) -> Result<(), Error> {
    enable(chart, values, "", budget)?;
    import_values(chart)
}

impl Chart {
    /// The dependencies that `Chart.yaml` names and the chart does not have.
    pub fn missing_dependencies(&self) -> Vec<&Dependency> {
        let listed = self.metadata.dependencies.iter().flatten();
        listed
            .filter(|dependency| !self.has_dependency(dependency.name.as_bytes()))
            .collect()
    }
}

fn enable(chart: &mut Chart, values: &Map, path: &str, budget: &mut Budget) -> Result<(), Error> {
    let Some(mut listed) = chart.metadata.dependencies.take() else {
        return Ok(());
    };
    chart.dependencies = arranged(&chart.dependencies, &listed, budget)?;
    for dependency in &mut listed {
        dependency.known_as().to_owned().clone_into(&mut dependency.name);
    }
    let values = coalesce_values(chart, values, Compatibility::Helm4).map_err(Error::Dependencies)?;
    let disabled: HashSet<String> = listed
        .iter()
        .filter(|dependency| !is_enabled(dependency, &values, path))
        .map(|dependency| dependency.name.clone())
        .collect();
    chart
        .dependencies
        .retain(|subchart| !disabled.contains(subchart.name()));
    listed.retain(|dependency| !disabled.contains(&dependency.name));
    for subchart in &mut chart.dependencies {
        let path = format!("{path}{}.", subchart.name());
        enable(subchart, &values, &path, budget)?;
    }
    chart.metadata.dependencies = (!listed.is_empty()).then_some(listed);
    Ok(())
}

/// The subcharts that are not listed, then a copy for each that is, under its alias.
fn arranged(present: &[Chart], listed: &[Dependency], budget: &mut Budget) -> Result<Vec<Chart>, Error> {
    let unlisted = present
        .iter()
        .filter(|chart| !listed.iter().any(|dependency| is_meant(dependency, chart)))
        .cloned();
    let mut arranged: Vec<Chart> = unlisted.collect();
    for dependency in listed {
        if let Some(meant) = present.iter().find(|chart| is_meant(dependency, chart)) {
            budget.charts(dependency.known_as(), size(meant))?;
            let mut chart = meant.clone();
            dependency.known_as().clone_into(&mut chart.metadata.name);
            arranged.push(chart);
        }
    }
    Ok(arranged)
}

/// How many charts a chart is.
fn size(chart: &Chart) -> usize {
    1 + chart.dependencies.iter().map(size).sum::<usize>()
}

fn is_meant(dependency: &Dependency, chart: &Chart) -> bool {
    dependency.name == chart.name()
        && SemVersion::parse(&chart.metadata.version)
            .and_then(|version| version.satisfies(&dependency.version))
            .unwrap_or(false)
}

/// The first condition that is a boolean decides, else the tags: one that is true enables, else one that is
/// false disables.
fn is_enabled(dependency: &Dependency, values: &Map, path: &str) -> bool {
    let by_condition = dependency
        .condition
        .trim()
        .split(',')
        .filter(|condition| !condition.is_empty())
        .find_map(|condition| as_bool(&lookup(values, &format!("{path}{condition}"))?));
    by_condition.unwrap_or_else(|| {
        let tags = table(values, "tags").unwrap_or_default();
        let mut set = dependency.tags.iter().filter_map(|tag| as_bool(&tags.get(tag)?));
        match set.next() {
            None => true,
            Some(first) => first || set.any(|tag| tag),
        }
    })
}

fn as_bool(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        _ => None,
    }
}

/// Imports what charts ask of their subcharts, the deepest first.
fn import_values(chart: &mut Chart) -> Result<(), Error> {
    for subchart in &mut chart.dependencies {
        import_values(subchart)?;
    }
    let Some(listed) = &chart.metadata.dependencies else {
        return Ok(());
    };
    let values = merge_values(chart, &Map::new()).map_err(Error::Dependencies)?;
    let imported = Map::new();
    for dependency in listed {
        for wanted in &dependency.import_values {
            if let Some((child, parent)) = paths(wanted)
                && let Some(found) = table(&values, &format!("{}.{child}", dependency.name))
            {
                let too_deep = || Error::ImportTooDeep {
                    chart: dependency.name.clone(),
                    max: MAX_PARTS,
                };
                merge_tables(&imported, &nested(&parent, found).ok_or_else(too_deep)?);
            }
        }
    }
    chart.values = deep_copy(&values);
    merge_tables(&chart.values, &imported);
    Ok(())
}

/// The path in the subchart and that in the parent.
fn paths(wanted: &serde_json::Value) -> Option<(String, String)> {
    match wanted {
        serde_json::Value::String(name) => Some((format!("exports.{name}"), ".".to_owned())),
        serde_json::Value::Object(pair) => {
            let path = |key| Some(pair.get(key)?.as_str()?.to_owned());
            Some((path("child")?, path("parent")?))
        }
        _ => None,
    }
}

/// The table as it stands at a path, unless that has too many parts.
fn nested(path: &str, table: Map) -> Option<Map> {
    if path == "." {
        return Some(table);
    }
    let parts = path.rsplit('.');
    (parts.clone().count() <= MAX_PARTS)
        .then(|| parts.fold(table, |inner, name| Map::from_iter([(name, inner)])))
}

#[cfg(test)]
mod tests;
