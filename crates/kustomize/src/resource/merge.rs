use std::collections::BTreeMap;

use super::{BUILD_ANNOTATIONS, Resource};
use crate::node::{Access as _, Kind, Node};

impl Resource {
    /// Takes name, namespace and what is remembered from an object that this one takes the place of, and adds
    /// to its labels and annotations.
    pub(crate) fn take_identity_of(&mut self, old: &Self) {
        let mut labels = old.strings("labels");
        labels.extend(self.strings("labels"));
        self.set_strings("labels", labels);
        let before = old.strings("annotations");
        let mut annotations = before.clone();
        annotations.extend(self.strings("annotations"));
        for name in BUILD_ANNOTATIONS {
            match before.get(name) {
                Some(value) => annotations.insert(name.to_owned(), value.clone()),
                None => annotations.remove(name),
            };
        }
        self.set_strings("annotations", annotations);
        let needs_hash = self.state.needs_hash && old.state.needs_hash;
        self.state.clone_from(&old.state);
        self.state.needs_hash = needs_hash;
        self.set_name(old.name());
        self.set_namespace(old.namespace());
        self.vars.clone_from(&old.vars);
    }

    /// Adds the data of an older object to that of this one.
    pub(crate) fn merge_data_of(&mut self, old: &Self) {
        for field in ["data", "binaryData"] {
            let mut data = old.data(field);
            data.extend(self.data(field));
            self.node.remove(field);
            if data.is_empty() {
                continue;
            }
            let mut map = Node::empty(Kind::Mapping);
            for (key, value) in data {
                map.set(&key, Node::string(value));
            }
            self.node.set(field, map);
        }
    }

    fn data(&self, field: &str) -> BTreeMap<String, String> {
        self.node
            .get(field)
            .into_iter()
            .flat_map(Node::entries)
            .map(|(key, value)| (key.text.clone(), value.value_text().to_owned()))
            .collect()
    }
}
