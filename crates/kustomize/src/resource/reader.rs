//! Objects from the text of a file.

use std::collections::VecDeque;

use yaml::{Options, Reader};

use super::object::metadata_text;
use crate::{
    error::{Error, Reason, Result, fail},
    node::{Access as _, Node},
};

/// The objects of a text, lists expanded; what is empty is passed over.
pub(crate) fn parse(text: &[u8]) -> Result<Vec<Node>> {
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
    let parts = split(&text)?;
    let alone = parts.len() == 1;
    let mut documents = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        match yaml::read_nodes(part.as_bytes(), Options::new(Reader::V3).reprinted()).next() {
            None => {}
            Some(Err(error)) => return Err(malformed(&error, lines_of(&parts[..index]))),
            Some(Ok(document)) if document.node.is_null() => {}
            Some(Ok(document)) => {
                let mut node = document.node;
                let found = match items_to_unwrap(&mut node, alone) {
                    Some(items) => items,
                    None => vec![node],
                };
                documents.push((index, document.line, found));
            }
        }
    }
    let mut nodes = Vec::new();
    for (index, line, found) in documents {
        let sound = only_sound(found).map_err(|error| error.on_line(lines_of(&parts[..index]) + line))?;
        nodes.extend(sound);
    }
    expand_lists(nodes)
}

/// Names the file in an error about malformed YAML.
pub(crate) fn parse_file_error(error: Error, file: &str) -> Error {
    if *error.reason() == Reason::MalformedYaml {
        return error.reworded(|message| format!("{message} in File: {file}"));
    }
    error
}

/// Fails unless the node has what every object must have.
pub(crate) fn validated(node: &Node) -> Result<()> {
    let text = |field: &str| node.get(field).map_or("", |value| value.value_text());
    let kind = text("kind");
    let metadata = node
        .get("metadata")
        .filter(|metadata| !metadata.is_null_or_empty());
    let missing = |field: &str| Error::new(format!("missing {field} in object {}", meta_text(node)));
    if metadata.is_none() && kind.is_empty() && text("apiVersion").is_empty() {
        fail!("missing Resource metadata");
    }
    if kind.is_empty() {
        return Err(missing("kind").under("kind"));
    }
    if !kind.ends_with("List") && metadata_text(node, "name").is_empty() {
        return Err(missing("metadata.name").under("name").under("metadata"));
    }
    Ok(())
}

/// kustomize counts the lines of a document from its own start; the place counts those of the file.
fn malformed(error: &yaml::Error, lines_before: usize) -> Error {
    Error::of_yaml(error)
        .within("MalformedYAMLError")
        .because(Reason::MalformedYaml)
        .on_line(lines_before + error.line)
}

/// How many lines documents take, each with the separator behind it.
fn lines_of(parts: &[&str]) -> usize {
    parts.iter().map(|part| part.matches('\n').count() + 1).sum()
}

/// Splits at lines that start with `---`; only a comment may follow it there.
fn split(text: &str) -> Result<Vec<&str>> {
    let mut parts = Vec::new();
    if text.is_empty() {
        return Ok(parts);
    }
    let mut start = 0;
    let mut from = 0;
    while let Some(found) = text[from..].find("\n---") {
        let at = from + found;
        let Some(end) = text[at + 1..].find('\n').map(|end| at + 1 + end) else {
            break;
        };
        let rest = text[at + 4..end].trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            fail!("invalid document separator: {}", text[at..end].trim());
        }
        parts.push(&text[start..=at]);
        start = end + 1;
        from = end + 1;
    }
    parts.push(&text[start..]);
    Ok(parts)
}

/// The items of a `List` that is the only document of its file.
fn items_to_unwrap(node: &mut Node, alone: bool) -> Option<Vec<Node>> {
    let kind = node.get("kind").map_or("", |kind| kind.text());
    if !alone || !matches!(kind, "List" | "ResourceList") {
        return None;
    }
    match node.remove("items") {
        Some(Node::Sequence(items)) => Some(items),
        Some(_) => Some(Vec::new()),
        None => None,
    }
}

fn only_sound(nodes: Vec<Node>) -> Result<Vec<Node>> {
    let mut sound = Vec::with_capacity(nodes.len());
    for node in nodes {
        if node.is_null_or_empty() {
            continue;
        }
        validated(&node)?;
        sound.push(node);
    }
    Ok(sound)
}

/// Puts the items of lists in the place of the lists, after everything else.
fn expand_lists(nodes: Vec<Node>) -> Result<Vec<Node>> {
    let mut result = Vec::with_capacity(nodes.len());
    let mut pending = VecDeque::from(nodes);
    while let Some(mut node) = pending.pop_front() {
        let kind = node.get("kind").map_or("", |kind| kind.text()).to_owned();
        if !kind.ends_with("List") {
            result.push(node);
            continue;
        }
        match node.remove("items") {
            None => result.push(node),
            Some(Node::Sequence(items)) => {
                let items = items.into_iter().map(|item| Node::from(item.into_value()));
                pending.extend(only_sound(items.collect())?);
            }
            Some(items) if items.is_null() => {}
            Some(items) => {
                let found = go_type(&items);
                fail!("expected array in {kind}/items, but found {found}");
            }
        }
    }
    Ok(result)
}

fn go_type(node: &Node) -> &'static str {
    use crate::node::Tag;
    match node {
        Node::Mapping(_) => "map[string]interface {}",
        Node::Sequence(_) => "[]interface {}",
        Node::Scalar(scalar) => match scalar.tag {
            Tag::Int => "int",
            Tag::Float => "float64",
            Tag::Bool => "bool",
            _ => "string",
        },
    }
}

/// apiVersion, kind and metadata as messages show them.
fn meta_text(node: &Node) -> String {
    let text = |field: &str| node.get(field).map_or("", |value| value.value_text());
    let strings = |field: &str| {
        let mut strings: Vec<String> = node
            .get("metadata")
            .and_then(|metadata| metadata.get(field))
            .into_iter()
            .flat_map(Node::entries)
            .map(|(key, value)| format!("{}:{}", key.text, value.value_text()))
            .collect();
        strings.sort();
        format!("map[{}]", strings.join(" "))
    };
    format!(
        "{{{{{} {}}} {{{{{} {}}} {} {}}}}}",
        text("apiVersion"),
        text("kind"),
        metadata_text(node, "name"),
        metadata_text(node, "namespace"),
        strings("labels"),
        strings("annotations"),
    )
}
