use regex::bytes::Regex;
use yaml::Reader;

use crate::{
    error::{Error, Result, fail},
    node::{Access as _, Kind, Node, Step, append, elements_of, expect, item, kind_before, step},
    regexp,
};

/// Finds all places that a path names: steps as elsewhere, but `[field=expression]` finds every item whose field
/// matches a regular expression, and `*` all items.
pub(super) struct Matcher<'a> {
    /// What is made of a field that is missing; nothing when it is not to be made.
    pub(super) create: Option<Kind>,
    /// Gets each place, and whether it was made just now.
    pub(super) found: &'a mut dyn FnMut(&mut Node, bool) -> Result<()>,
}

impl Matcher<'_> {
    /// Visits the places below `node`; gives their number.
    pub(super) fn visit(&mut self, node: &mut Node, path: &[String]) -> Result<usize> {
        self.visit_made(node, path, false)
    }

    fn visit_made(&mut self, node: &mut Node, path: &[String], made: bool) -> Result<usize> {
        let Some(part) = path.first() else {
            (self.found)(node, made)?;
            return Ok(1);
        };
        match step(part) {
            Ok(Step::Index(index)) => self.index(node, index, path),
            Ok(Step::Item { field, value }) => self.items(node, field, value, path),
            Ok(Step::Every) => self.every(node, path),
            Err(error) if part.starts_with('[') => Err(error),
            Ok(Step::Field(_) | Step::Last) | Err(_) => self.field(node, part, path),
        }
    }

    fn every(&mut self, node: &mut Node, path: &[String]) -> Result<usize> {
        elements_of(node)?;
        let Node::Sequence(items) = node else {
            return Ok(0);
        };
        items
            .iter_mut()
            .try_fold(0, |count, item| Ok(count + self.visit(item, &path[1..])?))
    }

    fn field(&mut self, node: &mut Node, name: &str, path: &[String]) -> Result<usize> {
        expect(node, Kind::Mapping)?;
        let mut made = false;
        if node.get(name).is_none()
            && let Some(last) = self.create
            && !node.is_null()
        {
            let next = path.get(1).map_or("", String::as_str);
            node.set(name, Node::empty(kind_before(next, last)));
            made = true;
        }
        let Some(field) = node.get_mut(name) else {
            return Ok(0);
        };
        if field.kind() == Kind::Scalar && path.len() > 1 && !made {
            // the text is searched, but what is found in it belongs to a copy
            let mut copy = parse(field.text())?;
            return self.visit(&mut copy, &path[1..]);
        }
        self.visit_made(field, &path[1..], made)
    }

    fn index(&mut self, node: &mut Node, index: usize, path: &[String]) -> Result<usize> {
        let length = elements_of(node)?.len();
        if length == index
            && let Some(last) = self.create
        {
            let next = path.get(1).map_or("", String::as_str);
            append(node, Node::empty(kind_before(next, last)));
        }
        match node {
            Node::Sequence(items) if index < items.len() => self.visit(&mut items[index], &path[1..]),
            _ => fail!("index {index} specified but only {length} elements found"),
        }
    }

    fn items(&mut self, node: &mut Node, field: &str, value: &str, path: &[String]) -> Result<usize> {
        elements_of(node)?;
        let expression = regexp::compile(value)?;
        let count = self.matching_items(node, field, &expression, path)?;
        if count > 0 || self.create.is_none() {
            return Ok(count);
        }
        append(node, item(field, value));
        self.matching_items(node, field, &expression, path)
    }

    fn matching_items(
        &mut self,
        node: &mut Node,
        field: &str,
        expression: &Regex,
        path: &[String],
    ) -> Result<usize> {
        let Node::Sequence(items) = node else {
            return Ok(0);
        };
        let mut count = 0;
        for item in items {
            if field.is_empty() {
                if expression.is_match(item.text().trim().as_bytes()) {
                    (self.found)(item, false)?;
                    count += 1;
                }
            } else if item
                .get(field)
                .is_some_and(|value| expression.is_match(value.text().trim().as_bytes()))
            {
                count += self.visit(item, &path[1..])?;
            }
        }
        Ok(count)
    }
}

/// The first document of a text.
pub(super) fn parse(text: &str) -> Result<Node> {
    match yaml::nodes(text.as_bytes(), Reader::V3).next() {
        None => Ok(Node::null()),
        Some(Ok(document)) => Ok(document.node),
        Some(Err(error)) => Err(Error::of_yaml(&error)),
    }
}
