use std::fmt;

use manifest::ResourceKey;

use super::adjacency::Adjacency;
use super::{Hook, Notice, Phase, Problem};

/// Names a vertex of one [`Graph`]. Smaller ids come first when several may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// One write (or, in a graph of deletions, one deletion) of one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Which object: the index in the slice that the graph was built from.
    pub object: usize,
    /// Its key.
    pub key: ResourceKey,
    /// The phase it runs in; an object that is a hook of two phases has two nodes.
    pub phase: Phase,
    /// Its wave in that phase.
    pub wave: i64,
    /// Set when it is a hook.
    pub hook: Option<Hook>,
}

/// A point that many wait for; it has nothing to do itself and spares an edge for every pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// All of a wave.
    Wave(Phase, i64),
    /// All of a wave but its webhook configurations.
    BeforeWebhooks(Phase, i64),
    /// The start of a kapp change group.
    GroupStart(String),
    /// The end of a kapp change group.
    GroupEnd(String),
    /// All role bindings of a service account.
    Grants(ResourceKey),
    /// All custom resources whose definition is deleted too.
    CustomResources,
}

impl fmt::Display for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wave(phase, wave) => write!(f, "wave {wave} of {phase}"),
            Self::BeforeWebhooks(..) => f.write_str("everything but webhook configurations"),
            Self::GroupStart(group) => write!(f, "start of change group {group}"),
            Self::GroupEnd(group) => write!(f, "change group {group}"),
            Self::Grants(account) => write!(f, "role bindings of {account}"),
            Self::CustomResources => f.write_str("custom resources"),
        }
    }
}

/// A vertex of the graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vertex {
    /// An object.
    Node(Node),
    /// A point in the order.
    Barrier(Barrier),
}

/// How far the other must have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// Over and done with, well or not: order alone.
    Settled,
    /// Accepted by the API server.
    Applied,
    /// Healthy; complete, for a hook; gone, for a deletion.
    Ready,
}

/// Why one waits for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is in that Namespace.
    Namespace,
    /// It is of a kind that the other defines.
    Definition,
    /// It is of an API that the other registers.
    ApiService,
    /// It names the other as its class.
    Class,
    /// It names the other in its spec.
    Reference,
    /// The other grants rights to its service account.
    Rights,
    /// Webhook configurations come last.
    WebhooksLast,
    /// Custom resources are deleted while their controller can still finalize them.
    Finalizers,
    /// An annotation, given by its name.
    Annotation(String),
    /// The phases and waves of both.
    Position,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Namespace => f.write_str("its namespace"),
            Self::Definition => f.write_str("the definition of its kind"),
            Self::ApiService => f.write_str("the service of its API"),
            Self::Class => f.write_str("its class"),
            Self::Reference => f.write_str("a reference"),
            Self::Rights => f.write_str("the rights of its service account"),
            Self::WebhooksLast => f.write_str("webhook configurations come last"),
            Self::Finalizers => f.write_str("its controller"),
            Self::Annotation(name) => write!(f, "annotation {name}"),
            Self::Position => f.write_str("phase and wave"),
        }
    }
}

/// One edge, seen from the one that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependency<'g> {
    /// What is waited for.
    pub on: NodeId,
    /// How far it must have come.
    pub until: Until,
    /// Why.
    pub reason: &'g Reason,
}

/// What waits for what in one sync. See the [module](super).
#[derive(Clone, Debug)]
pub struct Graph {
    pub(super) vertices: Vec<Vertex>,
    pub(super) edges: Adjacency,
    pub(super) problems: Vec<Problem>,
    pub(super) notices: Vec<Notice>,
    pub(super) faulty: Vec<NodeId>,
    pub(super) idle: Vec<usize>,
}

impl Graph {
    /// The nodes, in the order in which they start when nothing holds them up.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.ids().filter_map(|id| Some((id, self.node(id)?)))
    }

    /// The node with this id; none when it is a barrier.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        match self.vertex(id) {
            Vertex::Node(node) => Some(node),
            Vertex::Barrier(_) => None,
        }
    }

    /// The vertex with this id.
    pub fn vertex(&self, id: NodeId) -> &Vertex {
        &self.vertices[id.index()]
    }

    /// What `id` waits for.
    pub fn dependencies(&self, id: NodeId) -> impl Iterator<Item = Dependency<'_>> {
        self.edges.dependencies(id)
    }

    /// What waits for `id`, and until when.
    pub fn dependents(&self, id: NodeId) -> impl Iterator<Item = (NodeId, Until)> {
        self.edges.dependents(id)
    }

    /// Everything wrong with what the objects say about their order, sorted.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What the objects ask for and will not get, sorted.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The nodes that a problem names; they may not be written.
    pub fn faulty(&self) -> &[NodeId] {
        &self.faulty
    }

    /// The objects that are hooks, by index, whether or not they have a turn here.
    pub fn hooked(&self) -> impl Iterator<Item = usize> {
        let hooks = self.nodes().filter(|(_, node)| node.hook.is_some());
        hooks
            .map(|(_, node)| node.object)
            .chain(self.idle.iter().copied())
    }

    /// Objects that have no turn here (tests, hooks of another occasion), by index, ascending.
    pub fn idle(&self) -> &[usize] {
        &self.idle
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.vertices.len() as u32).map(NodeId)
    }
}
