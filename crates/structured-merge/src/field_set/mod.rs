//! A set of fields of an object: what one manager owns, as `fieldsV1` records it.

mod algebra;
mod json;
mod walk;
mod written;

pub use json::InvalidFieldSet;

use crate::path::PathElement;

/// A set of field paths, as a tree sorted in the server's order.
///
/// A path can be a member and have members below it: a list item is owned itself (`.`) and so are its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSet {
    nodes: Vec<Node>,
}

/// One step of the tree. It is a member, or something below it is, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) element: PathElement,
    pub(crate) member: bool,
    pub(crate) below: FieldSet,
}

impl Node {
    /// Whether neither it nor anything below it is a member.
    fn is_empty(&self) -> bool {
        !self.member && self.below.is_empty()
    }
}

impl FieldSet {
    /// Whether it has no member.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        self.nodes
            .iter()
            .map(|node| usize::from(node.member) + node.below.len())
            .sum()
    }

    /// Adds a path; its parents are not added. The empty path names no field and is left out.
    pub fn insert(&mut self, path: &[PathElement]) {
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        let mut set = self;
        for element in parents {
            set = &mut set.node_mut(element).below;
        }
        set.node_mut(last).member = true;
    }

    /// Whether this very path is a member.
    pub fn contains(&self, path: &[PathElement]) -> bool {
        self.node_at(path).is_some_and(|node| node.member)
    }

    /// Whether this path or anything below it is a member.
    pub fn touches(&self, path: &[PathElement]) -> bool {
        self.node_at(path).is_some()
    }

    /// The members below a path, without the path itself.
    pub fn below(&self, path: &[PathElement]) -> Option<&Self> {
        if path.is_empty() {
            return Some(self);
        }
        self.node_at(path).map(|node| &node.below)
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(crate) fn get(&self, element: &PathElement) -> Option<&Node> {
        let place = self
            .nodes
            .binary_search_by(|node| node.element.cmp(element))
            .ok()?;
        self.nodes.get(place)
    }

    pub(crate) fn get_field(&self, name: &str) -> Option<&Node> {
        let place = self.nodes.binary_search_by(|node| match &node.element {
            PathElement::Field(field) => field.as_str().cmp(name),
            _ => std::cmp::Ordering::Greater,
        });
        self.nodes.get(place.ok()?)
    }

    /// Adds a node that the caller fills; cheap when elements come in order.
    fn node_mut(&mut self, element: &PathElement) -> &mut Node {
        let place = match self.nodes.last() {
            None => Err(0),
            Some(last) if last.element < *element => Err(self.nodes.len()),
            Some(_) => self.nodes.binary_search_by(|node| node.element.cmp(element)),
        };
        let place = place.unwrap_or_else(|place| {
            let node = Node {
                element: element.clone(),
                member: false,
                below: Self::default(),
            };
            self.nodes.insert(place, node);
            place
        });
        &mut self.nodes[place]
    }

    fn node_at(&self, path: &[PathElement]) -> Option<&Node> {
        let (last, parents) = path.split_last()?;
        let set = parents
            .iter()
            .try_fold(self, |set, element| set.get(element).map(|node| &node.below))?;
        set.get(last)
    }
}

impl<P: AsRef<[PathElement]>> FromIterator<P> for FieldSet {
    fn from_iter<I: IntoIterator<Item = P>>(paths: I) -> Self {
        let mut set = Self::default();
        paths.into_iter().for_each(|path| set.insert(path.as_ref()));
        set
    }
}

impl FromIterator<Node> for FieldSet {
    /// Sorts the nodes where they are not, and merges those of one element.
    fn from_iter<I: IntoIterator<Item = Node>>(nodes: I) -> Self {
        let mut nodes: Vec<Node> = nodes.into_iter().filter(|node| !node.is_empty()).collect();
        if !nodes.is_sorted_by(|a, b| a.element < b.element) {
            nodes.sort_by(|a, b| a.element.cmp(&b.element));
            nodes.dedup_by(|next, kept| {
                let same = next.element == kept.element;
                if same {
                    kept.member |= next.member;
                    kept.below = kept.below.union(&next.below);
                }
                same
            });
        }
        Self { nodes }
    }
}
