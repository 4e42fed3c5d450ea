use std::borrow::Cow;
use std::collections::HashMap;

use super::Options;
use crate::error::{Error, Mark};
use crate::parser::{EventKind, Parser, Properties};
use crate::scanner::ScalarStyle;

/// A document with its anchors: nodes that know each other by number.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    root: usize,
}

#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) tag: Option<Box<str>>,
    pub(super) start: Mark,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Scalar {
        value: Cow<'a, str>,
        style: ScalarStyle,
    },
    Sequence {
        items: Vec<usize>,
    },
    /// Keys and values in turn.
    Mapping {
        children: Vec<usize>,
    },
    Alias {
        name: &'a str,
        target: usize,
    },
}

impl<'a> Tree<'a> {
    /// Reads the document whose start has been read, to its end.
    pub(super) fn build(parser: &mut Parser<'a>, options: &Options) -> Result<Self, Error> {
        let mut tree = Self {
            nodes: Vec::new(),
            root: 0,
        };
        let mut anchors: HashMap<&'a str, usize> = HashMap::new();
        let mut open: Vec<usize> = Vec::new();
        loop {
            let event = parser.next()?;
            let start = event.start;
            let node = match event.kind {
                EventKind::Scalar {
                    properties,
                    value,
                    style,
                } => tree.add(Kind::Scalar { value, style }, properties, start, &mut anchors),
                EventKind::SequenceStart { properties, .. } => {
                    let items = Vec::new();
                    tree.add(Kind::Sequence { items }, properties, start, &mut anchors)
                }
                EventKind::MappingStart { properties, .. } => {
                    let children = Vec::new();
                    tree.add(Kind::Mapping { children }, properties, start, &mut anchors)
                }
                EventKind::Alias(name) => {
                    let unknown = || Error::unplaced(start, format!("unknown anchor '{name}' referenced"));
                    let target = *anchors.get(name).ok_or_else(unknown)?;
                    let kind = Kind::Alias { name, target };
                    tree.add(kind, Properties::default(), start, &mut anchors)
                }
                EventKind::SequenceEnd | EventKind::MappingEnd => {
                    open.pop();
                    continue;
                }
                _ => return Ok(tree),
            };
            if let Some(&parent) = open.last() {
                tree.nodes[parent].push(node);
            }
            if matches!(
                tree.nodes[node].kind,
                Kind::Sequence { .. } | Kind::Mapping { .. }
            ) {
                open.push(node);
            }
            if open.len() > options.max_depth {
                return Err(too_deep(start, options));
            }
        }
    }

    fn add(
        &mut self,
        kind: Kind<'a>,
        properties: Properties<'a>,
        start: Mark,
        anchors: &mut HashMap<&'a str, usize>,
    ) -> usize {
        let number = self.nodes.len();
        if let Some(name) = properties.anchor {
            anchors.insert(name, number);
        }
        self.nodes.push(Node {
            kind,
            tag: properties.tag,
            start,
        });
        number
    }

    pub(super) fn root(&self) -> usize {
        self.root
    }

    pub(super) fn node(&self, number: usize) -> &Node<'a> {
        &self.nodes[number]
    }

    /// Line on which the document's content starts, from 1.
    pub(super) fn line(&self) -> usize {
        self.nodes.first().map_or(1, |node| node.start.line as usize + 1)
    }
}

impl Node<'_> {
    fn push(&mut self, child: usize) {
        if let Kind::Sequence { items: children, .. } | Kind::Mapping { children, .. } = &mut self.kind {
            children.push(child);
        }
    }
}

pub(super) fn too_deep(place: Mark, options: &Options) -> Error {
    Error::unplaced(place, format!("exceeded max depth of {}", options.max_depth))
}
