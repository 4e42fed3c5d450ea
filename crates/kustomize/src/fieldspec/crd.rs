use serde_json::{Map, Value};
use yaml::Reader;

use super::{FieldSpec, Reference, Tables, merge_one};
use crate::{
    decode::sorted,
    error::{Error, Result},
    id::Gvk,
};

const ANNOTATION: &str = "x-kubernetes-annotation";
const LABEL_SELECTOR: &str = "x-kubernetes-label-selector";
const IDENTITY: &str = "x-kubernetes-identity";
const VERSION: &str = "x-kubernetes-object-ref-api-version";
const KIND: &str = "x-kubernetes-object-ref-kind";
const NAME_KEY: &str = "x-kubernetes-object-ref-name-key";
const MAX_DEPTH: usize = 64;

/// The field specs that the OpenAPI definitions of custom resources tell of, from a file of `crds`.
pub(crate) fn from_crds(text: &[u8], file: &str) -> Result<Tables> {
    let unreadable = |problem: String, line: usize| {
        Error::new(format!(
            "unable to parse open API definition from '{file}': {problem}"
        ))
        .on_line(line)
    };
    let value: Value = if text.first() == Some(&b'{') {
        serde_json::from_slice(text).map_err(|error| unreadable(error.to_string(), error.line()))?
    } else {
        yaml::from_slice(text, Reader::V2).map_err(|error| unreadable(error.to_string(), error.line))?
    };
    let mut tables = Tables::default();
    let Value::Object(types) = value else {
        return Ok(tables);
    };
    for (name, _) in sorted(&types) {
        let is_object = properties(&types, name).is_some_and(|properties| {
            ["kind", "apiVersion", "metadata"]
                .iter()
                .all(|field| properties.contains_key(*field))
        });
        if is_object {
            let kind = name.rsplit('.').next().unwrap_or_default();
            Crd { kind, types: &types }.load(&mut tables, name, &mut Vec::new())?;
        }
    }
    Ok(tables)
}

fn properties<'a>(types: &'a Map<String, Value>, name: &str) -> Option<&'a Map<String, Value>> {
    let (_, definition) = types.iter().find(|(key, _)| *key == name)?;
    let schema = definition.get("Schema").or_else(|| definition.get("schema"))?;
    schema.get("properties")?.as_object()
}

struct Crd<'a> {
    kind: &'a str,
    types: &'a Map<String, Value>,
}

impl<'a> Crd<'a> {
    fn load(&self, tables: &mut Tables, name: &str, path: &mut Vec<&'a str>) -> Result<()> {
        let Some(properties) = properties(self.types, name).filter(|_| path.len() < MAX_DEPTH) else {
            return Ok(());
        };
        for (field, property) in sorted(properties) {
            path.push(field);
            self.load_property(tables, property, path)?;
            path.pop();
        }
        Ok(())
    }

    fn load_property(&self, tables: &mut Tables, property: &'a Value, path: &mut Vec<&'a str>) -> Result<()> {
        let text = |extension| property.get(extension).and_then(Value::as_str);
        let spec = self.spec(path);
        for (extension, table) in [
            (ANNOTATION, &mut tables.common_annotations),
            (LABEL_SELECTOR, &mut tables.common_labels),
            (IDENTITY, &mut tables.name_prefix),
        ] {
            if text(extension).is_some() {
                merge_one(table, &spec)?;
            }
        }
        if let (Some(version), Some(kind)) = (text(VERSION), text(KIND)) {
            path.push(text(NAME_KEY).unwrap_or("name"));
            let reference = Reference::new(Gvk::new("", version, kind), vec![self.spec(path)]);
            path.pop();
            tables.add_reference(&reference)?;
        }
        match text("$ref") {
            Some(reference) => self.load(tables, reference, path),
            None => Ok(()),
        }
    }

    fn spec(&self, path: &[&str]) -> FieldSpec {
        FieldSpec {
            kind: self.kind.to_owned().into(),
            path: path.join("/").into(),
            ..FieldSpec::default()
        }
    }
}
