//! Set algebra. Every operation is one walk over both trees, linear in their size.

use std::cmp::Ordering;

use super::{FieldSet, Node};

impl FieldSet {
    /// Members of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        zip(self, other, &mut |left, right| match (left, right) {
            (Some(left), Some(right)) => Some(Node {
                element: left.element.clone(),
                member: left.member || right.member,
                below: left.below.union(&right.below),
            }),
            (Some(node), None) | (None, Some(node)) => Some(node.clone()),
            (None, None) => None,
        })
    }

    /// Members of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        zip(self, other, &mut |left, right| {
            let (left, right) = (left?, right?);
            Some(Node {
                element: left.element.clone(),
                member: left.member && right.member,
                below: left.below.intersection(&right.below),
            })
        })
    }

    /// Members of this set that are no members of the other. A parent does not remove its children.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        zip(self, other, &mut |left, right| {
            let left = left?;
            let Some(right) = right else {
                return Some(left.clone());
            };
            Some(Node {
                element: left.element.clone(),
                member: left.member && !right.member,
                below: left.below.difference(&right.below),
            })
        })
    }

    /// [`FieldSet::difference`] in place: cheap where `other` is small.
    pub(crate) fn subtract(&mut self, other: &Self) {
        for node in &other.nodes {
            let Ok(place) = self.nodes.binary_search_by(|own| own.element.cmp(&node.element)) else {
                continue;
            };
            let own = &mut self.nodes[place];
            own.member &= !node.member;
            own.below.subtract(&node.below);
            if own.is_empty() {
                self.nodes.remove(place);
            }
        }
    }

    /// Whether each member of the other set is one of this.
    pub fn contains_all(&self, other: &Self) -> bool {
        let mut own = self.nodes.iter();
        other.nodes.iter().all(|node| {
            own.find(|own| own.element >= node.element).is_some_and(|own| {
                own.element == node.element
                    && (own.member || !node.member)
                    && own.below.contains_all(&node.below)
            })
        })
    }

    /// As [`FieldSet::difference`], but a member of the other set removes everything below it as well.
    #[must_use]
    pub fn recursive_difference(&self, other: &Self) -> Self {
        zip(self, other, &mut |left, right| {
            let left = left?;
            match right {
                None => Some(left.clone()),
                Some(right) if right.member => None,
                Some(right) => Some(Node {
                    element: left.element.clone(),
                    member: left.member,
                    below: left.below.recursive_difference(&right.below),
                }),
            }
        })
    }

    /// Members that have no member below them.
    #[must_use]
    pub fn leaves(&self) -> Self {
        let nodes = self.nodes.iter().map(|node| Node {
            element: node.element.clone(),
            member: node.member && node.below.is_empty(),
            below: node.below.leaves(),
        });
        Self {
            nodes: nodes.filter(|node| !node.is_empty()).collect(),
        }
    }
}

/// Walks two sorted lists of nodes at once and keeps the nodes that `keep` returns, unless they are empty.
fn zip(
    left: &FieldSet,
    right: &FieldSet,
    keep: &mut impl FnMut(Option<&Node>, Option<&Node>) -> Option<Node>,
) -> FieldSet {
    let (mut left, mut right) = (left.nodes.iter().peekable(), right.nodes.iter().peekable());
    let mut nodes = Vec::new();
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return FieldSet { nodes },
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.element.cmp(&b.element),
        };
        let a = if order == Ordering::Greater {
            None
        } else {
            left.next()
        };
        let b = if order == Ordering::Less {
            None
        } else {
            right.next()
        };
        nodes.extend(keep(a, b).filter(|node| !node.is_empty()));
    }
}
