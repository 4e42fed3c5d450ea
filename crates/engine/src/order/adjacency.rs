use super::graph::{Dependency, NodeId, Reason, Until};

/// An edge: `dependent` waits for `dependency`.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) dependent: NodeId,
    pub(super) dependency: NodeId,
    pub(super) until: Until,
    pub(super) reason: Reason,
    /// Deduced, and dropped where it contradicts what is stated.
    pub(super) weak: bool,
}

impl Edge {
    /// The same for a deletion: what came last goes first. What was stated is waited for until it is gone.
    pub(super) fn reversed(self) -> Self {
        let until = if self.weak { self.until } else { Until::Ready };
        Self {
            dependent: self.dependency,
            dependency: self.dependent,
            until,
            ..self
        }
    }
}

/// The edges, ready to be walked in both directions: two tables of edge indices, grouped by vertex.
#[derive(Clone, Debug)]
pub(super) struct Adjacency {
    edges: Vec<Edge>,
    incoming: Grouped,
    outgoing: Grouped,
}

impl Adjacency {
    pub(super) fn new(vertices: usize, edges: Vec<Edge>) -> Self {
        let incoming = Grouped::new(vertices, edges.iter().map(|edge| edge.dependent));
        let outgoing = Grouped::new(vertices, edges.iter().map(|edge| edge.dependency));
        Self {
            edges,
            incoming,
            outgoing,
        }
    }

    pub(super) fn dependencies(&self, id: NodeId) -> impl Iterator<Item = Dependency<'_>> {
        self.incoming.of(id).map(|index| {
            let edge = &self.edges[index];
            Dependency {
                on: edge.dependency,
                until: edge.until,
                reason: &edge.reason,
            }
        })
    }

    pub(super) fn dependents(&self, id: NodeId) -> impl Iterator<Item = (NodeId, Until)> {
        self.outgoing
            .of(id)
            .map(|index| (self.edges[index].dependent, self.edges[index].until))
    }

    pub(super) fn dependency_count(&self, id: NodeId) -> u32 {
        self.incoming.of(id).len() as u32
    }

    pub(super) fn into_edges(self) -> Vec<Edge> {
        self.edges
    }
}

/// Edge indices sorted by one of their ends (a counting sort).
#[derive(Clone, Debug)]
struct Grouped {
    starts: Vec<u32>,
    indices: Vec<u32>,
}

impl Grouped {
    fn new(vertices: usize, ends: impl Iterator<Item = NodeId> + Clone) -> Self {
        let mut starts = vec![0_u32; vertices + 1];
        for end in ends.clone() {
            starts[end.index() + 1] += 1;
        }
        for vertex in 0..vertices {
            starts[vertex + 1] += starts[vertex];
        }
        let mut free = starts.clone();
        let mut indices = vec![0_u32; starts[vertices] as usize];
        for (index, end) in ends.enumerate() {
            let slot = &mut free[end.index()];
            indices[*slot as usize] = index as u32;
            *slot += 1;
        }
        Self { starts, indices }
    }

    fn of(&self, id: NodeId) -> impl ExactSizeIterator<Item = usize> {
        let range = self.starts[id.index()] as usize..self.starts[id.index() + 1] as usize;
        self.indices[range].iter().map(|&index| index as usize)
    }
}
