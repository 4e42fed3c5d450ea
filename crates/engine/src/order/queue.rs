use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::{Graph, NodeId, Until, Vertex};

/// A node that will not run because something it depends on did not make it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The node.
    pub node: NodeId,
    /// The node whose failure began it.
    pub because: NodeId,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    Waiting,
    Startable,
    Started,
    Applied,
    Ready,
    Failed,
}

/// Hands out the nodes of a [`Graph`] as they become free, and takes in how each went.
///
/// Each node that [`Queue::pop`] gives ends by [`Queue::failed`], or by [`Queue::applied`] and then
/// [`Queue::ready`]. A later failure of an applied node (its health, its completion) still stops those who
/// wait for its health. What comes out of order is ignored.
#[derive(Debug)]
pub struct Queue<'g> {
    graph: &'g Graph,
    progress: Vec<Progress>,
    /// Dependencies still to be met, per vertex.
    unmet: Vec<u32>,
    startable: BinaryHeap<Reverse<NodeId>>,
    waiting_nodes: usize,
    skipped: Vec<Skipped>,
}

impl<'g> Queue<'g> {
    /// Starts with everything that waits for nothing; what the graph found faulty has failed already.
    pub fn new(graph: &'g Graph) -> Self {
        let mut queue = Self {
            graph,
            progress: vec![Progress::Waiting; graph.vertices.len()],
            unmet: graph.ids().map(|id| graph.edges.dependency_count(id)).collect(),
            startable: BinaryHeap::new(),
            waiting_nodes: graph.nodes().count(),
            skipped: Vec::new(),
        };
        for &node in graph.faulty() {
            queue.set(node, Progress::Failed);
        }
        for &node in graph.faulty() {
            queue.give_up(node, false);
        }
        for id in graph.ids() {
            if queue.unmet[id.index()] == 0 && queue.progress[id.index()] == Progress::Waiting {
                queue.release(id);
            }
        }
        queue
    }

    /// The next node that may start, if any may right now.
    pub fn pop(&mut self) -> Option<NodeId> {
        let Reverse(node) = self.startable.pop()?;
        self.set(node, Progress::Started);
        Some(node)
    }

    /// The API server accepted it.
    pub fn applied(&mut self, node: NodeId) {
        if self.progress[node.index()] == Progress::Started {
            self.set(node, Progress::Applied);
            self.meet(node, |until| until <= Until::Applied);
        }
    }

    /// It is healthy (complete, gone).
    pub fn ready(&mut self, node: NodeId) {
        self.applied(node);
        if self.progress[node.index()] == Progress::Applied {
            self.set(node, Progress::Ready);
            self.meet(node, |until| until == Until::Ready);
        }
    }

    /// It was refused, or will not become healthy.
    pub fn failed(&mut self, node: NodeId) {
        let before = self.progress[node.index()];
        if !matches!(before, Progress::Started | Progress::Applied) {
            return;
        }
        self.set(node, Progress::Failed);
        self.give_up(node, before == Progress::Applied);
    }

    /// The nodes given up since the last call, in the order of their ids.
    pub fn take_skipped(&mut self) -> Vec<Skipped> {
        let mut skipped = std::mem::take(&mut self.skipped);
        skipped.sort_unstable_by_key(|skipped| skipped.node);
        skipped
    }

    /// Whether somebody still waits for this node to be healthy, so that looking is worth it.
    pub fn is_awaited(&self, node: NodeId) -> bool {
        let mut dependents = self.graph.dependents(node);
        dependents.any(|(id, until)| until == Until::Ready && self.progress[id.index()] == Progress::Waiting)
    }

    /// What a waiting node still waits for.
    pub fn blockers(&self, node: NodeId) -> Vec<NodeId> {
        let dependencies = self.graph.dependencies(node);
        let mut blockers: Vec<_> = dependencies
            .filter(|dependency| !self.is_met(dependency.on, dependency.until))
            .map(|dependency| dependency.on)
            .collect();
        blockers.sort_unstable();
        blockers.dedup();
        blockers
    }

    /// How many nodes have neither started nor been given up.
    pub fn waiting(&self) -> usize {
        self.waiting_nodes
    }

    fn is_met(&self, id: NodeId, until: Until) -> bool {
        match until {
            Until::Settled => self.progress[id.index()] >= Progress::Applied,
            Until::Applied => matches!(self.progress[id.index()], Progress::Applied | Progress::Ready),
            Until::Ready => self.progress[id.index()] == Progress::Ready,
        }
    }

    fn set(&mut self, id: NodeId, progress: Progress) {
        let pending = |progress| matches!(progress, Progress::Waiting | Progress::Startable);
        if pending(self.progress[id.index()]) && !pending(progress) && self.is_node(id) {
            self.waiting_nodes -= 1;
        }
        self.progress[id.index()] = progress;
    }

    fn is_node(&self, id: NodeId) -> bool {
        matches!(self.graph.vertex(id), Vertex::Node(_))
    }

    /// Counts down those who waited for `id` until one of the steps named.
    fn meet(&mut self, id: NodeId, step: impl Fn(Until) -> bool + Copy) {
        let graph = self.graph;
        for (dependent, until) in graph.dependents(id) {
            if step(until) {
                self.count_down(dependent);
            }
        }
    }

    fn count_down(&mut self, id: NodeId) {
        self.unmet[id.index()] -= 1;
        if self.unmet[id.index()] == 0 && self.progress[id.index()] == Progress::Waiting {
            self.release(id);
        }
    }

    /// Lets a node start; a barrier is over at once, and so may be those behind it.
    fn release(&mut self, id: NodeId) {
        let graph = self.graph;
        let mut free = vec![id];
        while let Some(id) = free.pop() {
            if self.is_node(id) {
                self.set(id, Progress::Startable);
                self.startable.push(Reverse(id));
                continue;
            }
            self.set(id, Progress::Ready);
            for (dependent, _) in graph.dependents(id) {
                self.unmet[dependent.index()] -= 1;
                if self.unmet[dependent.index()] == 0 && self.progress[dependent.index()] == Progress::Waiting
                {
                    free.push(dependent);
                }
            }
        }
    }

    /// Gives up what needs a failed node, and what needs that in turn. Those who only come after it go on, and
    /// so do those for whom it was enough that it had been applied.
    fn give_up(&mut self, failed: NodeId, was_applied: bool) {
        let graph = self.graph;
        let mut lost = vec![(failed, was_applied)];
        let mut settled = Vec::new();
        while let Some((id, was_applied)) = lost.pop() {
            for (dependent, until) in graph.dependents(id) {
                match until {
                    Until::Settled | Until::Applied if was_applied => {}
                    Until::Settled => settled.push(dependent),
                    _ if self.progress[dependent.index()] == Progress::Waiting => {
                        self.set(dependent, Progress::Failed);
                        if self.is_node(dependent) {
                            self.skipped.push(Skipped {
                                node: dependent,
                                because: failed,
                            });
                        }
                        lost.push((dependent, false));
                    }
                    _ => {}
                }
            }
        }
        for dependent in settled {
            self.count_down(dependent);
        }
    }
}
