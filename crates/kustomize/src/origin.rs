//! Where objects come from and what changed them, as annotations (`buildMetadata`).

use crate::{
    id::Gvk,
    loader::{RepoSpec, clean},
    node::{Access as _, Kind, Node, print_ordered},
    resource::Resource,
};

/// The annotation that tells where an object comes from.
pub(crate) const ORIGIN: &str = "config.kubernetes.io/origin";
/// The annotation that lists what changed an object.
pub(crate) const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";

/// A place in the sources, and the configuration that made something there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) path: String,
    repository: String,
    revision: String,
    configured_in: String,
    configured_by: [(&'static str, String); 4],
}

impl Origin {
    /// What a path means from here.
    pub(crate) fn append(&self, path: &str) -> Self {
        let mut origin = self.clone();
        let mut path = path.to_owned();
        if let Ok(repo) = RepoSpec::parse(&path) {
            origin.repository = repo.clone_spec();
            origin.revision = repo.revision;
            origin.path.clear();
            path = if repo.path.is_empty() {
                "notCloned".to_owned()
            } else {
                clean(&repo.path)
            };
        }
        origin.path = join(&origin.path, &path);
        origin
    }

    /// What a built-in plugin made, configured in this file.
    pub(crate) fn of_builtin(&self, file: &str, kind: &str) -> Self {
        self.configured(join(&self.path, file), &Gvk::new("", "builtin", kind), "", "")
    }

    /// What a plugin made that is configured by an object.
    pub(crate) fn of_plugin(config: &Resource) -> Option<Self> {
        let origin = Self::parse(config.annotation(ORIGIN)?);
        let path = origin.path.clone();
        Some(origin.configured(path, &config.gvk(), config.name(), config.namespace()))
    }

    fn configured(&self, file: String, gvk: &Gvk, name: &str, namespace: &str) -> Self {
        Self {
            path: String::new(),
            repository: self.repository.clone(),
            revision: self.revision.clone(),
            configured_in: file,
            configured_by: [
                ("apiVersion", gvk.api_version()),
                ("kind", gvk.kind.clone()),
                ("name", name.to_owned()),
                ("namespace", namespace.to_owned()),
            ],
        }
    }

    fn parse(text: &str) -> Self {
        let node = yaml::nodes(text.as_bytes(), yaml::Reader::V3)
            .next()
            .and_then(Result::ok)
            .map_or_else(Node::null, |document| document.node);
        let text = |field| {
            node.get(field)
                .map_or_else(String::new, |value| value.text().to_owned())
        };
        Self {
            path: text("path"),
            repository: text("repo"),
            revision: text("ref"),
            ..Self::default()
        }
    }

    /// As the annotation has it.
    pub(crate) fn text(&self) -> String {
        print_ordered(&self.node())
    }

    fn node(&self) -> Node {
        let mut node = Node::empty(Kind::Mapping);
        for (name, text) in [
            ("path", &self.path),
            ("repo", &self.repository),
            ("ref", &self.revision),
            ("configuredIn", &self.configured_in),
        ] {
            if !text.is_empty() {
                node.set(name, Node::string(text.clone()));
            }
        }
        let mut by = Node::empty(Kind::Mapping);
        for (name, text) in &self.configured_by {
            if !text.is_empty() {
                by.set(name, Node::string(text.clone()));
            }
        }
        if !by.is_empty_mapping() {
            node.set("configuredBy", by);
        }
        node
    }

    /// Notes in an object that this changed it, or made it if nobody else did.
    pub(crate) fn note_in(&self, resource: &mut Resource) {
        if resource.annotation(ORIGIN).is_none() {
            resource.set_annotation(ORIGIN, &self.text());
            return;
        }
        let mut list = resource
            .annotation(TRANSFORMATIONS)
            .unwrap_or_default()
            .to_owned();
        list.push_str(&print_ordered(&Node::Sequence(vec![self.node()])));
        resource.set_annotation(TRANSFORMATIONS, &list);
    }
}

fn join(a: &str, b: &str) -> String {
    match (a, b) {
        ("", "") => String::new(),
        ("", b) => clean(b),
        (a, b) => clean(&format!("{a}/{b}")),
    }
}
