use std::{cell::Cell, collections::HashMap};

use serde_json::{Map, Value};

use super::{ListMerge, builtin};
use crate::error::{Error, Result};

const KIND: &str = "x-kubernetes-group-version-kind";
const STRATEGY: &str = "x-kubernetes-patch-strategy";
const MERGE_KEY: &str = "x-kubernetes-patch-merge-key";
const MAP_KEYS: &str = "x-kubernetes-list-map-keys";
const MAX_REFERENCES: usize = 100;

/// A schema from a file that a kustomization names: OpenAPI v2 as YAML or JSON.
pub(crate) struct Custom {
    /// Every type and part of a type, referred to by its number.
    places: Vec<Place>,
    definitions: HashMap<String, usize>,
    kinds: HashMap<(String, String), usize>,
    namespaced: HashMap<(String, String), bool>,
    /// Whether references may lead into the built-in schema.
    pub(super) on_built_in: Cell<bool>,
}

/// Where a reference leads.
#[derive(Clone, Copy)]
pub(super) enum Found {
    Here(usize),
    BuiltIn(builtin::Place),
}

#[derive(Default)]
struct Place {
    reference: Option<String>,
    fields: HashMap<String, usize>,
    other_fields: Option<usize>,
    items: Option<usize>,
    merge: ListMerge,
}

impl Custom {
    pub(crate) fn parse(text: &[u8]) -> Result<Self> {
        let invalid = |problem: String, line: usize| {
            Error::new(format!("invalid schema file: {problem}")).on_line(line)
        };
        let document: Value = if text.first() == Some(&b'{') {
            serde_json::from_slice(text).map_err(|error| invalid(error.to_string(), error.line()))?
        } else {
            yaml::from_slice(text, yaml::Reader::V2)
                .map_err(|error| invalid(error.to_string(), error.line))?
        };
        let mut schema = Self {
            places: Vec::new(),
            definitions: HashMap::new(),
            kinds: HashMap::new(),
            namespaced: scopes_of(document.get("paths")),
            on_built_in: Cell::new(false),
        };
        for (name, definition) in object(document.get("definitions")) {
            let place = schema.add(definition);
            schema.definitions.insert(name.clone(), place);
            let kinds = definition.get(KIND).and_then(Value::as_array);
            for kind in kinds.into_iter().flatten().filter_map(type_meta) {
                schema.kinds.insert(kind, place);
            }
        }
        Ok(schema)
    }

    pub(super) fn of_kind(&self, api_version: &str, kind: &str) -> Option<usize> {
        self.kinds
            .get(&(api_version.to_owned(), kind.to_owned()))
            .copied()
    }

    pub(super) fn is_namespaced(&self, api_version: &str, kind: &str) -> Option<bool> {
        self.namespaced
            .get(&(api_version.to_owned(), kind.to_owned()))
            .copied()
    }

    pub(super) fn field(&self, at: usize, name: &str) -> Option<Found> {
        let place = &self.places[at];
        self.resolve(place.fields.get(name).copied().or(place.other_fields)?)
    }

    pub(super) fn items(&self, at: usize) -> Option<Found> {
        self.resolve(self.places[at].items?)
    }

    pub(super) fn list_merge(&self, at: usize) -> ListMerge {
        self.places[at].merge.clone()
    }

    /// Follows references until a type is reached.
    fn resolve(&self, at: usize) -> Option<Found> {
        let mut at = at;
        for _ in 0..MAX_REFERENCES {
            let Some(name) = &self.places[at].reference else {
                return Some(Found::Here(at));
            };
            match self.definitions.get(name) {
                Some(definition) => at = *definition,
                None if self.on_built_in.get() => return Some(Found::BuiltIn(builtin::by_name(name))),
                None => return None,
            }
        }
        None
    }

    fn add(&mut self, schema: &Value) -> usize {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
        let place = Place {
            reference: reference.map(|name| name.strip_prefix("#/definitions/").unwrap_or(name).to_owned()),
            fields: object(schema.get("properties"))
                .map(|(name, field)| (name.clone(), self.add(field)))
                .collect(),
            other_fields: schema
                .get("additionalProperties")
                .filter(|more| more.is_object())
                .map(|more| self.add(more)),
            items: schema
                .get("items")
                .filter(|_| is_list)
                .map(|items| self.add(items)),
            merge: list_merge(schema),
        };
        self.places.push(place);
        self.places.len() - 1
    }
}

fn object(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flat_map(Map::iter)
}

fn list_merge(schema: &Value) -> ListMerge {
    let Some(strategy) = schema.get(STRATEGY).and_then(Value::as_str) else {
        return ListMerge::default();
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let keys = match schema.get(MAP_KEYS).and_then(Value::as_array) {
        Some(keys) => keys.iter().filter_map(text).collect(),
        None => schema.get(MERGE_KEY).and_then(text).into_iter().collect(),
    };
    ListMerge {
        merges: strategy.split(',').any(|strategy| strategy == "merge"),
        keys,
    }
}

fn scopes_of(paths: Option<&Value>) -> HashMap<(String, String), bool> {
    let mut scopes = HashMap::new();
    for (path, item) in object(paths) {
        let get = item.get("get").and_then(|get| get.get(KIND));
        if let Some(kind) = get.and_then(type_meta) {
            *scopes.entry(kind).or_insert(false) |= path.contains("namespaces/{namespace}");
        }
    }
    scopes
}

fn type_meta(kind: &Value) -> Option<(String, String)> {
    let text = |field| kind.get(field).and_then(Value::as_str);
    let version = text("version")?;
    let api_version = match text("group") {
        None | Some("") => version.to_owned(),
        Some(group) => format!("{group}/{version}"),
    };
    Some((api_version, text("kind")?.to_owned()))
}
