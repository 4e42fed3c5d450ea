//! Phases and waves.

use std::collections::BTreeMap;

use super::Phase;
use super::adjacency::{Adjacency, Edge};
use super::builder::Builder;
use super::graph::{Barrier, NodeId, Reason, Until, Vertex};

/// Earlier positions are smaller.
pub(super) type Position = (Phase, i64);

const UNSTATED: Position = (Phase::Sync, 0);

impl Builder<'_> {
    /// Where a node stands.
    pub(super) fn position(&self, id: NodeId) -> Position {
        match &self.vertices[id.index()] {
            Vertex::Node(node) => (node.phase, node.wave),
            Vertex::Barrier(_) => UNSTATED,
        }
    }

    /// Settles the positions that nobody stated and puts a barrier between each two that follow one another.
    pub(super) fn add_positions(&mut self) {
        let positions = self.settled_positions();
        for node in self.node_ids() {
            if let Vertex::Node(vertex) = &mut self.vertices[node.index()] {
                (vertex.phase, vertex.wave) = positions[node.index()];
            }
        }
        self.edges.retain(|edge| {
            !(edge.weak && positions[edge.dependency.index()] > positions[edge.dependent.index()])
        });
        let mut members: BTreeMap<Position, Vec<NodeId>> = BTreeMap::new();
        for node in self.node_ids() {
            members.entry(positions[node.index()]).or_default().push(node);
        }
        let mut before: Option<NodeId> = None;
        let last = members.keys().next_back().copied();
        for (position, nodes) in members {
            if let Some(barrier) = before {
                for &node in &nodes {
                    self.needs(node, barrier, Until::Ready, Reason::Position);
                }
            }
            if Some(position) == last {
                break;
            }
            before = Some(self.add_position_barrier(position, &nodes, before));
        }
    }

    fn add_position_barrier(
        &mut self,
        (phase, wave): Position,
        nodes: &[NodeId],
        before: Option<NodeId>,
    ) -> NodeId {
        let barrier = self.add_barrier(Barrier::Wave(phase, wave));
        for &node in nodes {
            let waits = match &self.vertices[node.index()] {
                Vertex::Node(node) => node.hook.as_ref().is_none_or(|hook| hook.wait),
                Vertex::Barrier(_) => true,
            };
            let until = if waits { Until::Ready } else { Until::Applied };
            self.needs(barrier, node, until, Reason::Position);
        }
        if let Some(before) = before {
            self.needs(barrier, before, Until::Ready, Reason::Position);
        }
        barrier
    }

    /// What needs something of a later position takes it along when that has no position of its own; what
    /// has none and cannot do without something later comes after it.
    fn settled_positions(&mut self) -> Vec<Position> {
        let count = self.vertices.len();
        let mut fixed: Vec<bool> = (0..count as u32)
            .map(|id| self.has_stated_position(NodeId(id)))
            .collect();
        let mut positions: Vec<Position> = (0..count as u32).map(|id| self.position(NodeId(id))).collect();
        if fixed.iter().all(|fixed| !fixed) {
            return positions;
        }
        let edges = Adjacency::new(count, std::mem::take(&mut self.edges));
        let mut by_position: Vec<NodeId> = (0..count as u32)
            .map(NodeId)
            .filter(|id| fixed[id.index()])
            .collect();
        by_position.sort_unstable_by_key(|id| positions[id.index()]);
        for &id in &by_position {
            pull_forward(id, &edges, &mut positions, &mut fixed);
        }
        let edges = edges.into_edges();
        let needed: Vec<Edge> = edges.iter().filter(|edge| !edge.weak).cloned().collect();
        let needed = Adjacency::new(count, needed);
        for &id in by_position.iter().rev() {
            push_back(id, &needed, &mut positions, &mut fixed);
        }
        self.edges = edges;
        positions
    }

    fn has_stated_position(&self, id: NodeId) -> bool {
        match &self.vertices[id.index()] {
            Vertex::Node(node) => node.hook.is_some() || self.statements(id).wave.is_some(),
            Vertex::Barrier(_) => false,
        }
    }
}

fn pull_forward(id: NodeId, edges: &Adjacency, positions: &mut [Position], fixed: &mut [bool]) {
    let position = positions[id.index()];
    let mut stack = vec![id];
    while let Some(id) = stack.pop() {
        for dependency in edges.dependencies(id) {
            let index = dependency.on.index();
            if !fixed[index] && positions[index] > position {
                positions[index] = position;
                fixed[index] = true;
                stack.push(dependency.on);
            }
        }
    }
}

fn push_back(id: NodeId, edges: &Adjacency, positions: &mut [Position], fixed: &mut [bool]) {
    let position = positions[id.index()];
    let mut stack = vec![id];
    while let Some(id) = stack.pop() {
        for (dependent, _) in edges.dependents(id) {
            let index = dependent.index();
            if !fixed[index] && positions[index] < position {
                positions[index] = position;
                fixed[index] = true;
                stack.push(dependent);
            }
        }
    }
}
