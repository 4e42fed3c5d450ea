use std::collections::BTreeMap;

use super::{
    annotations as names,
    state::{Previous, State},
};
use crate::{
    gojson,
    id::{Gvk, ResId},
    node::{Access as _, Kind, Node, create},
    schema::Registry,
};

/// One object.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) node: Node,
    pub(crate) state: State,
    /// Names of vars whose value comes from this object.
    pub(crate) vars: Vec<String>,
}

impl From<Node> for Resource {
    fn from(node: Node) -> Self {
        Self {
            node,
            state: State::default(),
            vars: Vec::new(),
        }
    }
}

impl Resource {
    pub(crate) fn kind(&self) -> &str {
        text_of(&self.node, "kind")
    }

    pub(crate) fn api_version(&self) -> &str {
        text_of(&self.node, "apiVersion")
    }

    pub(crate) fn name(&self) -> &str {
        metadata_text(&self.node, "name")
    }

    pub(crate) fn namespace(&self) -> &str {
        metadata_text(&self.node, "namespace")
    }

    pub(crate) fn gvk(&self) -> Gvk {
        Gvk::from_api_version(self.api_version(), self.kind())
    }

    /// What it is called now.
    pub(crate) fn id(&self, schemas: &Registry) -> ResId {
        ResId {
            cluster_scoped: schemas.is_cluster_scoped(self.api_version(), self.kind()),
            ..ResId::unscoped(self.gvk(), self.name(), self.namespace())
        }
    }

    /// What it was called at first.
    pub(crate) fn original_id(&self, schemas: &Registry) -> ResId {
        self.previous_ids().next().unwrap_or_else(|| self.id(schemas))
    }

    /// What it was called before, oldest first.
    pub(crate) fn previous_ids(&self) -> impl Iterator<Item = ResId> {
        let gvk = self.gvk();
        self.state.previous.iter().map(move |previous| {
            let gvk = Gvk {
                kind: previous.kind.clone(),
                ..gvk.clone()
            };
            ResId::unscoped(gvk, &previous.name, &previous.namespace)
        })
    }

    /// Everything it is and was called: earlier ids first.
    pub(crate) fn all_ids(&self, schemas: &Registry) -> Vec<ResId> {
        self.previous_ids().chain([self.id(schemas)]).collect()
    }

    /// Remembers what it is called now, before that changes.
    pub(crate) fn remember_id(&mut self, schemas: &Registry) {
        let id = self.id(schemas);
        self.state.previous.push(Previous {
            namespace: id.effective_namespace().to_owned(),
            name: id.name,
            kind: id.gvk.kind,
        });
    }

    pub(crate) fn set_kind(&mut self, kind: &str) {
        self.node.set("kind", Node::string(kind));
    }

    pub(crate) fn set_api_version(&mut self, api_version: &str) {
        self.node.set("apiVersion", Node::string(api_version));
    }

    pub(crate) fn set_name(&mut self, name: &str) {
        self.metadata().set("name", Node::string(name));
    }

    /// Sets the namespace, or removes it when it is empty.
    pub(crate) fn set_namespace(&mut self, namespace: &str) {
        if !namespace.is_empty() {
            self.metadata().set("namespace", Node::string(namespace));
        } else if let Some(metadata) = self.node.get_mut("metadata") {
            metadata.remove("namespace");
        }
    }

    /// Annotations or labels, all as text.
    pub(crate) fn strings(&self, field: &str) -> BTreeMap<String, String> {
        self.node
            .get("metadata")
            .and_then(|metadata| metadata.get(field))
            .into_iter()
            .flat_map(Node::entries)
            .map(|(key, value)| (key.text.clone(), value.text().to_owned()))
            .collect()
    }

    /// One annotation.
    pub(crate) fn annotation(&self, name: &str) -> Option<&str> {
        let annotations = self.node.get("metadata")?.get("annotations")?;
        annotations.get(name).map(Node::text)
    }

    /// Whether its name gets a hash of its content: generated objects say so, and files may.
    pub(crate) fn needs_hash(&self) -> bool {
        self.state.needs_hash || self.annotation(names::NEEDS_HASH) == Some("enabled")
    }

    /// Replaces annotations or labels; without any, the field goes.
    pub(crate) fn set_strings(&mut self, field: &str, strings: BTreeMap<String, String>) {
        let metadata = self.metadata();
        metadata.remove(field);
        if strings.is_empty() {
            return;
        }
        let mut map = Node::empty(Kind::Mapping);
        for (key, value) in strings {
            map.set(&key, Node::string(value));
        }
        metadata.set(field, map);
    }

    /// Sets one annotation.
    pub(crate) fn set_annotation(&mut self, name: &str, value: &str) {
        let mut annotations = self.strings("annotations");
        annotations.insert(name.to_owned(), value.to_owned());
        self.set_strings("annotations", annotations);
    }

    /// The object with what is remembered of it, as one line of JSON: how messages show it.
    pub(crate) fn json(&self) -> String {
        gojson::to_string(&self.with_internal_annotations().node.into_value())
    }

    /// A copy that carries what is remembered as annotations.
    pub(crate) fn with_internal_annotations(&self) -> Self {
        let mut copy = self.clone();
        let internal = self.state.annotations();
        if !internal.is_empty() {
            let mut annotations = copy.strings("annotations");
            annotations.extend(internal.into_iter().map(|(name, value)| (name.to_owned(), value)));
            copy.set_strings("annotations", annotations);
        }
        copy
    }

    fn metadata(&mut self) -> &mut Node {
        if self
            .node
            .get("metadata")
            .is_none_or(|metadata| metadata.kind() != Kind::Mapping)
        {
            self.node.set("metadata", Node::empty(Kind::Mapping));
        }
        match create(&mut self.node, &["metadata"], Kind::Mapping) {
            Ok(Some(metadata)) => metadata,
            _ => unreachable!("an object is a map, and its metadata was made one above"),
        }
    }
}

/// Kind, name and namespace of any node, for messages.
pub(crate) fn id_text(node: &Node) -> String {
    let gvk = Gvk::from_api_version(text_of(node, "apiVersion"), text_of(node, "kind"));
    ResId::unscoped(gvk, metadata_text(node, "name"), metadata_text(node, "namespace")).to_string()
}

fn text_of<'a>(node: &'a Node, field: &str) -> &'a str {
    node.get(field).map_or("", |value| value.text())
}

pub(super) fn metadata_text<'a>(node: &'a Node, field: &str) -> &'a str {
    node.get("metadata")
        .and_then(|metadata| metadata.get(field))
        .filter(|value| !value.is_null())
        .map_or("", |value| value.text())
}
