use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
};

use serde_json::Value;

/// Fields by which the items of a list are told apart, the first that all items have and that is unique.
const IDENTITIES: &[&str] = &[
    "name",
    "key",
    "id",
    "containerPort",
    "port",
    "mountPath",
    "devicePath",
    "ip",
    "uid",
    "type",
    "topologyKey",
    "host",
    "path",
    "hostname",
    "namespace",
    "kind",
];

/// A place at which the states of an object can differ: a value that is no map and no list of maps, in any of them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf<'a, const N: usize> {
    /// `spec.containers[name=web].image`
    pub(crate) path: String,
    /// The value in each state.
    pub(crate) values: [Option<&'a Value>; N],
}

/// All leaves of some states of one object, sorted by path.
pub(crate) fn leaves<const N: usize>(states: [Option<&Value>; N]) -> Vec<Leaf<'_, N>> {
    let mut leaves = Vec::new();
    walk(&mut String::new(), states, &mut leaves);
    leaves
}

fn walk<'a, const N: usize>(
    path: &mut String,
    values: [Option<&'a Value>; N],
    leaves: &mut Vec<Leaf<'a, N>>,
) {
    if values.iter().all(Option::is_none) {
        return;
    }
    if are_all(values, Value::is_object) && !are_all(values, is_empty) {
        walk_maps(path, values, leaves);
    } else if let Some(identity) = identity(values) {
        walk_lists(path, values, identity, leaves);
    } else {
        leaves.push(Leaf {
            path: path.clone(),
            values,
        });
    }
}

fn walk_maps<'a, const N: usize>(
    path: &mut String,
    values: [Option<&'a Value>; N],
    leaves: &mut Vec<Leaf<'a, N>>,
) {
    let maps = values.iter().flatten().filter_map(|value| value.as_object());
    let names: BTreeSet<&str> = maps.flat_map(|map| map.keys().map(String::as_str)).collect();
    for name in names {
        let length = path.len();
        push_name(path, name).expect("writing to a string does not fail");
        walk(path, values.map(|value| value?.get(name)), leaves);
        path.truncate(length);
    }
}

fn walk_lists<'a, const N: usize>(
    path: &mut String,
    values: [Option<&'a Value>; N],
    identity: &str,
    leaves: &mut Vec<Leaf<'a, N>>,
) {
    let mut seen: Vec<&Value> = Vec::new();
    for item in values
        .iter()
        .flatten()
        .filter_map(|value| value.as_array())
        .flatten()
    {
        let Some(id) = item.get(identity).filter(|id| !seen.contains(id)) else {
            continue;
        };
        seen.push(id);
        let length = path.len();
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        write!(path, "[{identity}={text}]").expect("writing to a string does not fail");
        let find = |list: &'a Value| {
            list.as_array()?
                .iter()
                .find(|item| item.get(identity) == Some(id))
        };
        walk(path, values.map(|value| value.and_then(find)), leaves);
        path.truncate(length);
    }
}

fn are_all<const N: usize>(values: [Option<&Value>; N], test: impl Fn(&Value) -> bool) -> bool {
    values.iter().flatten().all(|value| test(value))
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// How the items of lists are told apart; `None` when they are no lists of maps, or cannot be.
fn identity<const N: usize>(values: [Option<&Value>; N]) -> Option<&'static str> {
    let lists: Vec<&Vec<Value>> = values
        .iter()
        .flatten()
        .map(|value| value.as_array())
        .collect::<Option<_>>()?;
    if lists.iter().all(|list| list.is_empty()) {
        return None;
    }
    IDENTITIES
        .iter()
        .copied()
        .find(|identity| lists.iter().all(|list| is_unique(list, identity)))
}

fn is_unique(list: &[Value], identity: &str) -> bool {
    let ids: Option<Vec<&Value>> = list.iter().map(|item| item.get(identity)).collect();
    ids.is_some_and(|ids| {
        ids.iter()
            .enumerate()
            .all(|(place, id)| (id.is_string() || id.is_number()) && !ids[..place].contains(id))
    })
}

/// Names that hold what separates names are quoted.
fn push_name(path: &mut String, name: &str) -> fmt::Result {
    if name.is_empty() || name.contains(['.', '[', ']', '"', ' ']) {
        return write!(path, "[{name:?}]");
    }
    if !path.is_empty() {
        path.push('.');
    }
    path.write_str(name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_matched_by_what_names_them() {
        let one = json!({"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]},
            "metadata": {"labels": {"app.kubernetes.io/name": "n"}}, "args": ["1"]});
        let other = json!({"spec": {"containers": [{"name": "b", "image": "z"}]}, "metadata": {}, "args": ["1", "2"]});
        let leaves = leaves([Some(&one), Some(&other)]);
        let differing: Vec<_> = leaves
            .iter()
            .filter(|leaf| leaf.values[0] != leaf.values[1])
            .map(|leaf| (leaf.path.as_str(), leaf.values[1].cloned()))
            .collect();
        assert_eq!(
            differing,
            [
                ("args", Some(json!(["1", "2"]))),
                ("metadata.labels[\"app.kubernetes.io/name\"]", None),
                ("spec.containers[name=a].image", None),
                ("spec.containers[name=a].name", None),
                ("spec.containers[name=b].image", Some(json!("z"))),
            ]
        );
    }
}
