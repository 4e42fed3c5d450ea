use super::adjacency::{Adjacency, Edge};
use super::graph::{NodeId, Reason, Vertex};
use super::problem::CycleMember;

/// Objects that wait for one another.
pub(super) struct Cycle {
    /// One way round, shortest from its first member.
    pub(super) members: Vec<CycleMember>,
    /// All nodes that are in some cycle with them.
    pub(super) nodes: Vec<NodeId>,
}

/// Drops the weak edges of cycles and returns the cycles that remain.
pub(super) fn break_weak_and_find(vertices: &[Vertex], edges: &mut Adjacency) -> Vec<Cycle> {
    if is_acyclic(vertices.len(), edges) {
        return Vec::new();
    }
    let component = components(vertices.len(), edges);
    let taken = std::mem::replace(edges, Adjacency::new(vertices.len(), Vec::new())).into_edges();
    let inside = |edge: &Edge| component[edge.dependent.index()] == component[edge.dependency.index()];
    let kept = taken
        .into_iter()
        .filter(|edge| !(edge.weak && inside(edge)))
        .collect();
    *edges = Adjacency::new(vertices.len(), kept);
    if is_acyclic(vertices.len(), edges) {
        return Vec::new();
    }
    remaining(vertices, edges)
}

/// Takes away what waits for nothing until nothing is left (Kahn).
fn is_acyclic(count: usize, edges: &Adjacency) -> bool {
    let mut waiting: Vec<u32> = (0..count as u32)
        .map(|id| edges.dependency_count(NodeId(id)))
        .collect();
    let mut free: Vec<NodeId> = (0..count as u32)
        .map(NodeId)
        .filter(|id| waiting[id.index()] == 0)
        .collect();
    let mut taken = 0;
    while let Some(id) = free.pop() {
        taken += 1;
        for (dependent, _) in edges.dependents(id) {
            waiting[dependent.index()] -= 1;
            if waiting[dependent.index()] == 0 {
                free.push(dependent);
            }
        }
    }
    taken == count
}

fn remaining(vertices: &[Vertex], edges: &Adjacency) -> Vec<Cycle> {
    let component = components(vertices.len(), edges);
    let mut grouped: std::collections::BTreeMap<u32, Vec<NodeId>> = std::collections::BTreeMap::new();
    for (index, &component) in component.iter().enumerate() {
        grouped.entry(component).or_default().push(NodeId(index as u32));
    }
    let mut cycles: Vec<_> = grouped
        .into_values()
        .filter(|nodes| {
            nodes.len() > 1
                || edges
                    .dependencies(nodes[0])
                    .any(|dependency| dependency.on == nodes[0])
        })
        .map(|nodes| Cycle {
            members: shortest_from(nodes[0], vertices, edges, &component),
            nodes: nodes
                .into_iter()
                .filter(|id| matches!(vertices[id.index()], Vertex::Node(_)))
                .collect(),
        })
        .collect();
    cycles.sort_by(|a, b| a.nodes.cmp(&b.nodes));
    cycles
}

/// The shortest way from `start` back to itself (breadth first), as objects: barriers on it are passed over.
/// Nodes have smaller ids than barriers, so the first of a component is an object.
fn shortest_from(
    start: NodeId,
    vertices: &[Vertex],
    edges: &Adjacency,
    component: &[u32],
) -> Vec<CycleMember> {
    let mut came_from: Vec<Option<(NodeId, &Reason)>> = vec![None; vertices.len()];
    let mut queue = std::collections::VecDeque::from([start]);
    'search: while let Some(id) = queue.pop_front() {
        for dependency in edges.dependencies(id) {
            let index = dependency.on.index();
            if component[index] != component[start.index()] || came_from[index].is_some() {
                continue;
            }
            came_from[index] = Some((id, dependency.reason));
            if dependency.on == start {
                break 'search;
            }
            queue.push_back(dependency.on);
        }
    }
    let mut members = Vec::new();
    let mut at = start;
    while let Some((previous, reason)) = came_from[at.index()] {
        if let Vertex::Node(node) = &vertices[previous.index()] {
            members.push(CycleMember {
                key: node.key.clone(),
                reason: reason.clone(),
            });
        }
        at = previous;
        if at == start {
            break;
        }
    }
    members.reverse();
    members
}

/// The strongly connected component of each vertex (Tarjan, without recursion).
fn components(count: usize, edges: &Adjacency) -> Vec<u32> {
    const UNSEEN: u32 = u32::MAX;
    let mut index = vec![UNSEEN; count];
    let mut low = vec![0; count];
    let mut component = vec![UNSEEN; count];
    let mut open = Vec::new();
    let (mut next_index, mut next_component) = (0, 0);
    for root in (0..count as u32).map(NodeId) {
        if index[root.index()] != UNSEEN {
            continue;
        }
        let mut path = vec![(root, edges.dependencies(root))];
        index[root.index()] = next_index;
        low[root.index()] = next_index;
        next_index += 1;
        open.push(root);
        while let Some((id, rest)) = path.last_mut() {
            let id = *id;
            if let Some(dependency) = rest.next() {
                let on = dependency.on;
                if index[on.index()] == UNSEEN {
                    index[on.index()] = next_index;
                    low[on.index()] = next_index;
                    next_index += 1;
                    open.push(on);
                    path.push((on, edges.dependencies(on)));
                } else if component[on.index()] == UNSEEN {
                    low[id.index()] = low[id.index()].min(index[on.index()]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[parent.index()] = low[parent.index()].min(low[id.index()]);
            }
            if low[id.index()] == index[id.index()] {
                while let Some(member) = open.pop() {
                    component[member.index()] = next_component;
                    if member == id {
                        break;
                    }
                }
                next_component += 1;
            }
        }
    }
    component
}
