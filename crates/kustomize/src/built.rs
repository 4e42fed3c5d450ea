use std::fmt;

use manifest::{InvalidObject, Object, Origin};
use serde_json::Value;
use yaml::{Node, Style};

use crate::resource::Resource;

/// What a build gave.
#[derive(Clone)]
pub struct Built {
    nodes: Vec<Node>,
    warnings: Vec<String>,
}

impl Built {
    pub(crate) fn new(resources: Vec<Resource>, warnings: Vec<String>) -> Self {
        Self {
            nodes: resources.into_iter().map(|resource| resource.node).collect(),
            warnings,
        }
    }

    /// The objects, in order. What they hold may be secret.
    pub fn into_values(self) -> Vec<Value> {
        self.nodes.into_iter().map(Node::into_value).collect()
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What is worth telling, such as fields that have a newer spelling.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The objects as `kustomize build` prints them.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        for node in &self.nodes {
            if !text.is_empty() {
                text.push_str("---\n");
            }
            yaml::append_node(&mut text, node, Style::Compact);
        }
        text
    }

    /// The objects for the engine; `kustomization` is the directory that was built.
    pub fn into_objects(self, kustomization: &str) -> Result<Vec<Object>, InvalidObject> {
        self.into_values()
            .into_iter()
            .enumerate()
            .map(|(index, value)| {
                let origin = Origin {
                    file: kustomization.to_owned(),
                    document: index + 1,
                    line: 0,
                };
                Object::new(value, origin)
            })
            .collect()
    }
}

impl fmt::Debug for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Built({} objects, {} warnings)",
            self.nodes.len(),
            self.warnings.len()
        )
    }
}
