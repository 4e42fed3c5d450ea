use std::collections::HashSet;

use serde_json::{Value, json};

use super::plugins::refused;
use crate::{
    context::Cx,
    error::{Error, Result, fail},
    node::Node,
    resmap::ResMap,
    resolver::Functions,
    resource::{Resource, validated},
    transform::Transform,
};

const API_VERSION: &str = "config.kubernetes.io/v1";

/// A function that the caller of the build runs.
pub(super) struct Function<'a> {
    config: Value,
    kind: String,
    functions: &'a dyn Functions,
}

impl<'a> Function<'a> {
    pub(super) fn load(config: &Resource, cx: &Cx<'a>) -> Result<Self> {
        let Some(functions) = cx.options.functions else {
            return Err(refused(config));
        };
        Ok(Self {
            config: config.node.clone().into_value(),
            kind: config.kind().to_owned(),
            functions,
        })
    }

    pub(super) fn generate(&self, _: &Cx<'_>) -> Result<Vec<Resource>> {
        self.run(&[])
    }

    fn run(&self, items: &[Value]) -> Result<Vec<Resource>> {
        let list = json!({
            "apiVersion": API_VERSION,
            "kind": "ResourceList",
            "items": items,
            "functionConfig": self.config,
        });
        let mut answer = self
            .functions
            .run(&self.config, list)
            .map_err(|problem| Error::new(format!("failed to run function {}: {problem}", self.kind)))?;
        let items = match answer.get_mut("items").map(Value::take) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(_) => fail!("function {} answered items that are no list", self.kind),
        };
        items
            .into_iter()
            .map(|item| {
                let node = Node::from(item);
                validated(&node).map_err(Error::of_whole)?;
                Ok(Resource::from(node))
            })
            .collect()
    }
}

impl Transform for Function<'_> {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        let items: Vec<Value> = map
            .list()
            .iter()
            .map(|resource| resource.node.clone().into_value())
            .collect();
        let mut kept = HashSet::new();
        for resource in self.run(&items)? {
            let id = resource.id(&cx.schemas);
            if !kept.insert(id.key()) {
                fail!("plugin {} generated duplicate resource: {id}", self.kind);
            }
            let place = map
                .list()
                .iter()
                .position(|old| old.id(&cx.schemas).same_object(&id));
            match place {
                Some(index) => map.list_mut()[index].node = resource.node,
                None => map.append(resource, &cx.schemas)?,
            }
        }
        map.list_mut()
            .retain(|resource| kept.contains(&resource.id(&cx.schemas).key()));
        Ok(())
    }
}
