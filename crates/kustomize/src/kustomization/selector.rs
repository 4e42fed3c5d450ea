use serde_json::{Map, Value};

use super::Selector;
use crate::id::{Gvk, ResId};

impl Selector {
    pub(crate) fn id(&self) -> ResId {
        let gvk = Gvk::new(&self.group, &self.version, &self.kind);
        ResId::unscoped(gvk, &self.name, &self.namespace)
    }

    /// Whether it says nothing about ids.
    pub(crate) fn selects_every_id(&self) -> bool {
        self.id() == ResId::default()
    }

    /// As messages show it.
    pub(crate) fn text(&self) -> String {
        format!(
            "{}:a={}:l={}",
            self.id(),
            self.annotation_selector,
            self.label_selector
        )
    }

    /// What is set of it.
    pub(crate) fn value(&self) -> Value {
        [
            ("group", &self.group),
            ("version", &self.version),
            ("kind", &self.kind),
            ("name", &self.name),
            ("namespace", &self.namespace),
            ("annotationSelector", &self.annotation_selector),
            ("labelSelector", &self.label_selector),
        ]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name.to_owned(), Value::from(text.as_str())))
        .collect::<Map<_, _>>()
        .into()
    }
}
