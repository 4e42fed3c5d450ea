//! Field sets seen through types.

use crate::field_set::{FieldSet, Node};
use crate::path::PathElement;
use crate::schema::{ListKind, Type, TypeId, Types};

/// Brings a set to a schema that made a list or map atomic after the set was written; `None` when nothing
/// changes.
pub(crate) fn reconcile(types: &Types, of: TypeId, set: &FieldSet) -> Option<FieldSet> {
    let of = types.get(of);
    let mut changed: Option<Vec<Node>> = None;
    for (place, node) in set.nodes().iter().enumerate() {
        let Some(element_type) = type_at(of, &node.element) else {
            continue;
        };
        if let Some(node) = reconcile_node(types, element_type, node) {
            changed.get_or_insert_with(|| set.nodes().to_vec())[place] = node;
        }
    }
    changed.map(|nodes| nodes.into_iter().collect())
}

/// The type that the walk over a set takes for a node; `None` where it does not go on.
fn type_at(of: &Type, element: &PathElement) -> Option<TypeId> {
    match (&of.map, of.scalar, &of.list, element) {
        (Some(map), ..) if map.is_deduced() => None,
        (Some(map), _, _, PathElement::Field(name)) => map.field_type(name),
        (Some(map), ..) => map.element,
        (None, None, Some(list), _) => Some(list.element),
        _ => None,
    }
}

fn reconcile_node(types: &Types, of: TypeId, node: &Node) -> Option<Node> {
    let is_whole = node.below.is_empty();
    let became_atomic = match types.get(of) {
        Type { map: Some(map), .. } if map.is_deduced() => return None,
        Type { map: Some(map), .. } => map.atomic,
        Type { scalar: Some(_), .. } => return None,
        Type { list: Some(list), .. } => list.kind == ListKind::Atomic,
        _ => return None,
    };
    match (became_atomic, is_whole) {
        (_, true) => None,
        (true, false) => Some(Node {
            element: node.element.clone(),
            member: true,
            below: FieldSet::default(),
        }),
        (false, false) => {
            let below = reconcile(types, of, &node.below)?;
            Some(Node {
                below,
                ..node.clone()
            })
        }
    }
}

/// The set with all declared fields that lead to its members, as if they were members too.
pub(crate) fn with_named_fields(types: &Types, of: Option<TypeId>, set: &FieldSet) -> FieldSet {
    let of = of.map(|of| types.get(of));
    let nodes = set.nodes().iter().map(|node| {
        if node.below.is_empty() {
            return node.clone();
        }
        let (is_named, below_type) = match (of, &node.element) {
            (Some(Type { map: Some(map), .. }), PathElement::Field(name)) => {
                (map.declares(name), map.field_type(name))
            }
            (Some(Type { list: Some(list), .. }), PathElement::Key(_)) => (false, Some(list.element)),
            _ => (false, None),
        };
        Node {
            element: node.element.clone(),
            member: node.member || is_named,
            below: with_named_fields(types, below_type, &node.below),
        }
    });
    nodes.collect()
}
