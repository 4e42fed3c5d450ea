use super::FieldSpec;
use crate::{
    error::{Context as _, Result, fail},
    node::{Access as _, Kind, Node, lookup_mut, split},
};

/// What is made of a field that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Creation {
    /// It stays missing, whatever the spec says.
    Never,
    /// It becomes this if the spec says that it is to be made.
    As(Kind),
}

/// Calls `set` for each place that the spec names in an object; nothing when the object is of another kind.
pub(crate) fn visit(
    object: &mut Node,
    spec: &FieldSpec,
    creation: Creation,
    set: &mut dyn FnMut(&mut Node) -> Result<()>,
) -> Result<()> {
    if !is_of_kind(object, spec) {
        return Ok(());
    }
    visit_path(object, spec, &split(&spec.path, '/'), creation, set)
}

/// Like [`visit`], whatever kind the object is of, and with the path split already.
pub(crate) fn visit_path(
    object: &mut Node,
    spec: &FieldSpec,
    path: &[String],
    creation: Creation,
    set: &mut dyn FnMut(&mut Node) -> Result<()>,
) -> Result<()> {
    let create = match creation {
        Creation::As(kind) if spec.create => Some(kind),
        _ => None,
    };
    let mut walk = Walk { create, set };
    match walk.step(object, path) {
        Ok(()) => Ok(()),
        error => error.context(|| {
            format!(
                "considering field '{}' of object {}",
                spec.path,
                crate::resource::id_text(object)
            )
        }),
    }
}

fn is_of_kind(object: &Node, spec: &FieldSpec) -> bool {
    let text = |field| object.get(field).map_or("", |node| node.text());
    let api_version = text("apiVersion");
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    spec.selects(group, version, text("kind"))
}

struct Walk<'a> {
    create: Option<Kind>,
    set: &'a mut dyn FnMut(&mut Node) -> Result<()>,
}

impl Walk<'_> {
    fn step(&mut self, node: &mut Node, path: &[String]) -> Result<()> {
        if path.is_empty() {
            return (self.set)(node);
        }
        if node.is_null() {
            return Ok(());
        }
        match node {
            Node::Sequence(items) => items
                .iter_mut()
                .try_for_each(|item| self.step(item, path))
                .context(|| format!("visit traversal on path: [{}]", path.join(" "))),
            Node::Mapping(_) => self.field(node, path),
            Node::Scalar(_) => fail!("expected sequence or mapping node"),
        }
    }

    fn field(&mut self, node: &mut Node, path: &[String]) -> Result<()> {
        let (name, is_list) = match path[0].strip_suffix("[]") {
            Some(name) => (name, true),
            None => (path[0].as_str(), false),
        };
        if name.is_empty() {
            fail!("cannot set or create an empty field name");
        }
        let kind = match self.create {
            _ if is_list => Some(Kind::Sequence),
            Some(kind) if path.len() <= 1 => Some(kind),
            Some(_) => Some(Kind::Mapping),
            None => None,
        };
        if !is_list
            && let Some(kind) = kind
            && node.get(name).is_none()
        {
            node.set(name, Node::empty(kind));
        }
        let found = lookup_mut(node, &[name]).context(|| format!("fieldName: {name}"))?;
        let Some(field) = found else {
            return Ok(());
        };
        if field.is_null()
            && let Some(kind) = kind
        {
            *field = Node::empty(kind);
        }
        self.step(field, &path[1..])
    }
}
