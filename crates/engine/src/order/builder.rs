use std::collections::{BTreeSet, HashMap};

use manifest::{Object, ResourceKey};

use super::adjacency::{Adjacency, Edge};
use super::dialect::{cli_utils, kapp};
use super::graph::{Barrier, Graph, Node, NodeId, Reason, Until, Vertex};
use super::statements::{self, DependsOn, HookStatement, Statements};
use super::subject::{KeyRef, Subject};
use super::{Notice, Occasion, Phase, Problem, cycle, rank};

impl Graph {
    /// The graph of a sync: what runs before, among and after the objects, hooks included.
    pub fn apply(objects: &[Object], occasion: Occasion) -> Self {
        Self::of_phases(objects, occasion, &[Phase::PreSync, Phase::Sync, Phase::PostSync])
    }

    /// The graph of the hooks of one phase that is no part of a sync: after a failed one, before a deletion,
    /// after it.
    pub fn hooks(objects: &[Object], phase: Phase) -> Self {
        Self::of_phases(objects, Occasion::Upgrade, &[phase])
    }

    fn of_phases(objects: &[Object], occasion: Occasion, phases: &[Phase]) -> Self {
        let subjects = objects.iter().map(Subject::of).collect();
        let statements = objects
            .iter()
            .map(|object| statements::read(object, occasion))
            .collect();
        let mut builder = Builder::new(subjects, statements, phases);
        builder.report_duplicates();
        builder.add_implicit_edges();
        let missing = builder.add_stated_edges();
        builder.report_missing(missing);
        builder.add_change_rules(kapp::Change::Upsert);
        builder.add_positions();
        builder.add_webhooks_last();
        builder.finish()
    }
}

/// A dependency that an author named and the set does not hold.
pub(super) struct Missing {
    dependent: NodeId,
    annotation: &'static str,
    key: ResourceKey,
}

/// A graph in the making.
pub(super) struct Builder<'a> {
    subjects: Vec<Subject<'a>>,
    statements: Vec<Statements>,
    pub(super) vertices: Vec<Vertex>,
    /// How many of the vertices are nodes; they come first.
    node_count: usize,
    pub(super) edges: Vec<Edge>,
    by_key: HashMap<KeyRef<'a>, (NodeId, u32)>,
    problems: Vec<Problem>,
    notices: BTreeSet<Notice>,
    faulty: BTreeSet<NodeId>,
    idle: Vec<usize>,
}

impl<'a> Builder<'a> {
    /// Makes the nodes, in tie-break order, so that smaller ids come first.
    pub(super) fn new(subjects: Vec<Subject<'a>>, statements: Vec<Statements>, phases: &[Phase]) -> Self {
        let mut turns = Vec::with_capacity(subjects.len());
        let mut idle = Vec::new();
        for (index, (subject, statements)) in subjects.iter().zip(&statements).enumerate() {
            let before = turns.len();
            let rank = rank(subject.group, subject.kind);
            turns.extend(
                phases
                    .iter()
                    .filter(|phase| runs_in(statements, **phase))
                    .map(|&phase| {
                        let origin = subject.object.map(Object::origin);
                        (
                            (
                                rank,
                                subject.group,
                                subject.kind,
                                subject.namespace,
                                subject.name,
                                phase,
                                origin,
                            ),
                            index,
                        )
                    }),
            );
            if turns.len() == before {
                idle.push(index);
            }
        }
        turns.sort_unstable();
        let vertices: Vec<_> = turns
            .iter()
            .map(|&((.., phase, _), index)| {
                Vertex::Node(node(&subjects[index], &statements[index], index, phase))
            })
            .collect();
        let mut by_key: HashMap<_, (NodeId, u32)> = HashMap::with_capacity(vertices.len());
        for (id, &(_, index)) in turns.iter().enumerate() {
            by_key
                .entry(subjects[index].key_ref())
                .or_insert((NodeId(id as u32), 0))
                .1 += 1;
        }
        let mut builder = Self {
            node_count: vertices.len(),
            edges: Vec::with_capacity(vertices.len() * 3),
            subjects,
            statements,
            vertices,
            by_key,
            problems: Vec::new(),
            notices: BTreeSet::new(),
            faulty: BTreeSet::new(),
            idle,
        };
        builder.take_statement_problems();
        builder
    }

    fn take_statement_problems(&mut self) {
        for node in self.node_ids() {
            let index = self.object_index(node);
            if !self.statements[index].problems.is_empty() {
                self.faulty.insert(node);
            }
        }
        for statements in &mut self.statements {
            self.problems.append(&mut statements.problems);
        }
    }

    pub(super) fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.node_count as u32).map(NodeId)
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        match &self.vertices[id.index()] {
            Vertex::Node(node) => Some(node),
            Vertex::Barrier(_) => None,
        }
    }

    fn object_index(&self, id: NodeId) -> usize {
        self.node(id).map_or(usize::MAX, |node| node.object)
    }

    pub(super) fn subject(&self, id: NodeId) -> Subject<'a> {
        self.subjects[self.object_index(id)]
    }

    pub(super) fn statements(&self, id: NodeId) -> &Statements {
        &self.statements[self.object_index(id)]
    }

    pub(super) fn add_barrier(&mut self, barrier: Barrier) -> NodeId {
        self.vertices.push(Vertex::Barrier(barrier));
        NodeId(self.vertices.len() as u32 - 1)
    }

    /// `dependent` cannot do without `dependency`.
    pub(super) fn needs(&mut self, dependent: NodeId, dependency: NodeId, until: Until, reason: Reason) {
        self.connect(dependent, dependency, until, reason, false);
    }

    /// `dependent` had better come after `dependency`.
    pub(super) fn prefers(&mut self, dependent: NodeId, dependency: NodeId, until: Until, reason: Reason) {
        self.connect(dependent, dependency, until, reason, true);
    }

    pub(super) fn needs_key(&mut self, dependent: NodeId, key: KeyRef<'_>, until: Until, reason: &Reason) {
        if let Some(dependency) = self.find(key, dependent) {
            self.needs(dependent, dependency, until, reason.clone());
        }
    }

    pub(super) fn prefers_key(&mut self, dependent: NodeId, key: KeyRef<'_>, until: Until, reason: &Reason) {
        if let Some(dependency) = self.find(key, dependent) {
            self.prefers(dependent, dependency, until, reason.clone());
        }
    }

    fn connect(&mut self, dependent: NodeId, dependency: NodeId, until: Until, reason: Reason, weak: bool) {
        if dependent == dependency {
            return;
        }
        let awaits_health = dependency.index() < self.node_count && self.statements(dependency).awaits_health;
        let until = if awaits_health && until == Until::Applied {
            Until::Ready
        } else {
            until
        };
        self.edges.push(Edge {
            dependent,
            dependency,
            until,
            reason,
            weak,
        });
    }

    /// The node of a key that `for_whom` means: of a hook with several phases, the one in its own phase.
    fn find(&self, key: KeyRef<'_>, for_whom: NodeId) -> Option<NodeId> {
        let &(first, count) = self.by_key.get(&key)?;
        let phase = self.node(for_whom)?.phase;
        let mut nodes = (first.0..first.0 + count).map(NodeId);
        Some(
            nodes
                .find(|&id| self.node(id).is_some_and(|node| node.phase == phase))
                .unwrap_or(first),
        )
    }

    /// Dependencies that authors named; returns those that are not in the set.
    pub(super) fn add_stated_edges(&mut self) -> Vec<Missing> {
        let mut missing = Vec::new();
        for dependent in self.node_ids() {
            let index = self.object_index(dependent);
            if self.statements[index].depends_on.is_empty() {
                continue;
            }
            let named = std::mem::take(&mut self.statements[index].depends_on);
            for dependency in &named {
                match self.find_named(dependency, dependent) {
                    Some(found) => {
                        let reason = Reason::Annotation(dependency.annotation.to_owned());
                        self.needs(dependent, found, Until::Ready, reason);
                    }
                    None => missing.push(Missing {
                        dependent,
                        annotation: dependency.annotation,
                        key: dependency.key.clone(),
                    }),
                }
            }
            self.statements[index].depends_on = named;
        }
        missing
    }

    /// A mutation's source may leave out a namespace that a cluster-scoped object does not have.
    fn find_named(&self, dependency: &DependsOn, for_whom: NodeId) -> Option<NodeId> {
        let key = &dependency.key;
        self.find((&key.group, &key.kind, &key.namespace, &key.name), for_whom)
            .or_else(|| {
                let cluster_scoped = (&*key.group, &*key.kind, "", &*key.name);
                (dependency.annotation == cli_utils::MUTATION).then(|| self.find(cluster_scoped, for_whom))?
            })
    }

    fn report_missing(&mut self, missing: Vec<Missing>) {
        for Missing {
            dependent,
            annotation,
            key: dependency,
        } in missing
        {
            let key = self.subject(dependent).key();
            self.report(
                dependent,
                Problem::MissingDependency {
                    key,
                    annotation,
                    dependency,
                },
            );
        }
    }

    pub(super) fn report(&mut self, node: NodeId, problem: Problem) {
        self.faulty.insert(node);
        self.problems.push(problem);
    }

    pub(super) fn notice(&mut self, notice: Notice) {
        self.notices.insert(notice);
    }

    fn report_duplicates(&mut self) {
        let ids: Vec<_> = self.node_ids().collect();
        for pair in ids.windows(2) {
            let (first, second) = (self.subject(pair[0]), self.subject(pair[1]));
            let same = first.key_ref() == second.key_ref() && !first.name.is_empty();
            if !same || self.object_index(pair[0]) == self.object_index(pair[1]) {
                continue;
            }
            let origin = |subject: Subject<'_>| {
                subject
                    .object
                    .map(|object| object.origin().clone())
                    .unwrap_or_default()
            };
            self.faulty.insert(pair[0]);
            self.report(
                pair[1],
                Problem::Duplicate {
                    key: first.key(),
                    first: origin(first),
                    second: origin(second),
                },
            );
        }
    }

    /// Looks for cycles and closes the graph.
    pub(super) fn finish(mut self) -> Graph {
        let mut edges = Adjacency::new(self.vertices.len(), self.edges);
        for found in cycle::break_weak_and_find(&self.vertices, &mut edges) {
            self.faulty.extend(found.nodes);
            self.problems.push(Problem::Cycle(found.members));
        }
        self.problems.sort_by_cached_key(ToString::to_string);
        self.problems.dedup();
        Graph {
            vertices: self.vertices,
            edges,
            problems: self.problems,
            notices: self.notices.into_iter().collect(),
            faulty: self.faulty.into_iter().collect(),
            idle: self.idle,
        }
    }
}

fn runs_in(statements: &Statements, phase: Phase) -> bool {
    match &statements.hook {
        None => phase == Phase::Sync,
        Some(hook) => hook.phases.contains(&phase),
    }
}

fn node(subject: &Subject<'_>, statements: &Statements, object: usize, phase: Phase) -> Node {
    Node {
        object,
        key: subject.key(),
        phase,
        wave: statements.wave.unwrap_or(0),
        hook: statements.hook.as_ref().map(HookStatement::to_hook),
    }
}
