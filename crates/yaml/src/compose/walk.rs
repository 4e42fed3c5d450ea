use std::collections::HashSet;

use super::Options;
use super::tree::{Kind, Node, Tree, too_deep};
use crate::error::{Error, Mark};

/// How many problems of values are told, at most.
const MAX_PROBLEMS: usize = 100;

/// A walk over a tree along its aliases, within bounds.
pub(super) struct Walk<'t, 'a> {
    pub(super) options: &'t Options,
    tree: &'t Tree<'a>,
    decoded: u64,
    decoded_by_alias: u64,
    /// Bytes of scalars that aliases repeat.
    repeated: usize,
    aliases: usize,
    depth: usize,
    /// The aliases that are being followed.
    followed: HashSet<usize>,
    problems: Vec<(Mark, String)>,
    refused: Option<Error>,
}

impl<'t, 'a> Walk<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>, options: &'t Options) -> Self {
        Self {
            options,
            tree,
            // the document itself counts
            decoded: 1,
            decoded_by_alias: 0,
            repeated: 0,
            aliases: 0,
            depth: 0,
            followed: HashSet::new(),
            problems: Vec::new(),
            refused: None,
        }
    }

    pub(super) fn tree(&self) -> &'t Tree<'a> {
        self.tree
    }

    /// The node itself, without counting it.
    pub(super) fn peek(&self, number: usize) -> &'t Node<'a> {
        self.tree.node(number)
    }

    /// Goes to a node; that counts as one step of decoding.
    pub(super) fn visit(&mut self, number: usize) -> Result<&'t Node<'a>, Error> {
        let node = self.tree.node(number);
        self.decoded += 1;
        if self.aliases > 0 {
            self.decoded_by_alias += 1;
            if let Kind::Scalar { value, .. } = &node.kind {
                self.repeated = self.repeated.saturating_add(value.len());
            }
        }
        let excessive = self.decoded_by_alias > 100
            && self.decoded > 1000
            && self.decoded_by_alias as f64 / self.decoded as f64 > allowed_share(self.decoded);
        if excessive || self.repeated > self.options.max_size {
            return Err(Error::unplaced(
                node.start,
                "document contains excessive aliasing",
            ));
        }
        Ok(node)
    }

    /// Begins a collection or the value of an alias; [`Walk::leave`] ends it.
    pub(super) fn enter(&mut self, place: Mark) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > self.options.max_depth {
            return Err(too_deep(place, self.options));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Begins the value of an alias; [`Walk::leave_alias`] ends it.
    pub(super) fn enter_alias(&mut self, number: usize, name: &str) -> Result<(), Error> {
        let place = self.tree.node(number).start;
        if !self.followed.insert(number) {
            return Err(Error::unplaced(
                place,
                format!("anchor '{name}' value contains itself"),
            ));
        }
        self.aliases += 1;
        self.enter(place)
    }

    pub(super) fn leave_alias(&mut self, number: usize) {
        self.followed.remove(&number);
        self.aliases -= 1;
        self.leave();
    }

    /// Notes that a value does not fit; decoding goes on to find others.
    pub(super) fn problem(&mut self, place: Mark, problem: String) {
        if !self.has_all_problems() {
            self.problems.push((place, problem));
        }
    }

    /// Whether no more problems are noted.
    pub(super) fn has_all_problems(&self) -> bool {
        self.problems.len() >= MAX_PROBLEMS
    }

    /// Notes that a value can be decoded but is nothing that JSON has.
    pub(super) fn refuse(&mut self, place: Mark, problem: impl Into<String>) {
        if self.refused.is_none() {
            self.refused = Some(Error::json(place, problem));
        }
    }

    /// What was wrong, the gravest first.
    pub(super) fn finish(self) -> Result<(), Error> {
        if !self.problems.is_empty() {
            return Err(Error::values(&self.problems));
        }
        self.refused.map_or(Ok(()), Err)
    }
}

/// What part of all steps may come from aliases: go-yaml's bound, which falls from 99 % to 10 %.
fn allowed_share(decoded: u64) -> f64 {
    const LOW: u64 = 400_000;
    const HIGH: u64 = 4_000_000;
    match decoded {
        ..=LOW => 0.99,
        HIGH.. => 0.10,
        _ => 0.99 - 0.89 * ((decoded - LOW) as f64 / (HIGH - LOW) as f64),
    }
}
