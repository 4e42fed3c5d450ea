use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::Transform;
use crate::{
    context::Cx,
    error::Result,
    gojson,
    node::{Access as _, Node},
    resmap::ResMap,
    resource::Resource,
};

const LENGTH: usize = 10;

/// Puts a hash of their content behind the names of generated objects.
pub(crate) struct Hash;

impl Transform for Hash {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        if !map.list().iter().any(Resource::needs_hash) {
            return Ok(());
        }
        for resource in map.list_mut() {
            if resource.needs_hash() {
                let name = format!("{}-{}", resource.name(), hash_of(&resource.node));
                resource.remember_id(&cx.schemas);
                resource.set_name(&name);
            }
        }
        Ok(())
    }
}

/// The hash of an object's content.
fn hash_of(node: &Node) -> String {
    let kind = node.get("kind").map_or("", |kind| kind.text());
    let content = match kind {
        "ConfigMap" => content(node, kind, &["data"], "binaryData"),
        "Secret" => content(node, kind, &["type", "data"], "stringData"),
        _ => node.clone().into_value(),
    };
    encode(&Sha256::digest(gojson::to_string(&content)))
}

/// What is hashed. The name has always been left empty there.
fn content(node: &Node, kind: &str, fields: &[&str], optional: &str) -> Value {
    let mut content = Map::new();
    content.insert("kind".into(), kind.into());
    content.insert("name".into(), "".into());
    for field in fields {
        let value = match node.get(field) {
            None => Value::from(""),
            Some(Node::Scalar(scalar)) => Value::from(scalar.text.as_str()),
            Some(data) => data.clone().into_value(),
        };
        content.insert((*field).to_owned(), value);
    }
    if let Some(data @ Node::Mapping(_)) = node.get(optional) {
        content.insert(optional.to_owned(), data.clone().into_value());
    }
    content.into()
}

/// The first hexadecimal digits, those that could make up words replaced.
fn encode(digest: &[u8]) -> String {
    digest
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .take(LENGTH)
        .map(|digit| match digit {
            0 => 'g',
            1 => 'h',
            3 => 'k',
            10 => 'm',
            14 => 't',
            digit => char::from_digit(digit.into(), 16).unwrap_or('g'),
        })
        .collect()
}
