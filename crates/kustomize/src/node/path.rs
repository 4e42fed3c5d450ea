//! Paths: how they are split and followed. A step is a field, an index, `-` for the last item, or `[name=value]`.

use yaml::{Node, Scalar, Tag};

use super::{Access, Kind, expect};
use crate::error::{Error, Result, fail};

/// Splits at the delimiter; a backslash before it keeps it, one in front of everything is dropped.
pub(crate) fn split(path: &str, delimiter: char) -> Vec<String> {
    let mut parts = path.split(delimiter).peekable();
    let mut result: Vec<String> = Vec::new();
    let first = parts.next().unwrap_or_default();
    if !first.is_empty() || parts.peek().is_none() {
        result.push(first.to_owned());
    } else {
        result.push(parts.next().unwrap_or_default().to_owned());
    }
    for part in parts {
        match result.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push(delimiter);
                last.push_str(part);
            }
            _ => result.push(part.to_owned()),
        }
    }
    result
}

/// Like [`split`], but what stands in brackets stays together: `[name=a.b]` is a step, `[a.b]` the field `a.b`.
pub(crate) fn split_smart(path: &str, delimiter: char) -> Vec<String> {
    let mut result = Vec::new();
    let mut parts = split(path, delimiter).into_iter();
    while let Some(part) = parts.next() {
        if !part.starts_with('[') || part.ends_with(']') {
            result.push(part);
            continue;
        }
        let mut bracketed = part;
        for more in parts.by_ref() {
            bracketed.push(delimiter);
            bracketed.push_str(&more);
            if more.ends_with(']') {
                break;
            }
        }
        if !bracketed.contains('=') {
            bracketed = bracketed.replace(['[', ']'], "");
        }
        result.push(bracketed);
    }
    result
}

/// One step of a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    Field(&'a str),
    Index(usize),
    Last,
    /// The item whose field has this text; with an empty field, the scalar with this text.
    Item {
        field: &'a str,
        value: &'a str,
    },
    Every,
}

/// What a part of a split path means.
pub(crate) fn step(part: &str) -> Result<Step<'_>> {
    if let Ok(index) = part.parse::<i64>() {
        return usize::try_from(index)
            .map(Step::Index)
            .map_err(|_| Error::new(format!("array index {index} cannot be negative")));
    }
    match part {
        "-" => Ok(Step::Last),
        "*" => Ok(Step::Every),
        _ if part.starts_with('[') && part.ends_with(']') => {
            let inner = part.trim_end_matches(']');
            let inner = inner.strip_prefix('[').unwrap_or(inner);
            match inner.split_once('=') {
                Some((field, value)) => Ok(Step::Item { field, value }),
                None => {
                    fail!("list path element must contain fieldName=fieldValue for element to match")
                }
            }
        }
        _ => Ok(Step::Field(part)),
    }
}

/// Follows a path; nothing when it leads nowhere. Empty parts are passed over.
pub(crate) fn lookup<'a, P: AsRef<str>>(node: &'a Node, path: &[P]) -> Result<Option<&'a Node>> {
    let mut node = node;
    for part in path.iter().map(|part| part.as_ref().trim()) {
        if part.is_empty() {
            continue;
        }
        match position(node, part)? {
            None => return Ok(None),
            Some(at) => node = child(node, at),
        }
    }
    Ok(Some(node))
}

/// Like [`lookup`], to change what is found.
pub(crate) fn lookup_mut<'a, P: AsRef<str>>(node: &'a mut Node, path: &[P]) -> Result<Option<&'a mut Node>> {
    let mut node = node;
    for part in path.iter().map(|part| part.as_ref().trim()) {
        if part.is_empty() {
            continue;
        }
        match position(node, part)? {
            None => return Ok(None),
            Some(at) => node = child_mut(node, at),
        }
    }
    Ok(Some(node))
}

/// Follows a path and makes what is missing, the last step as `kind`. Nothing when it meets null on its way.
pub(crate) fn create<'a, P: AsRef<str>>(
    node: &'a mut Node,
    path: &[P],
    kind: Kind,
) -> Result<Option<&'a mut Node>> {
    let parts: Vec<&str> = path
        .iter()
        .map(|part| part.as_ref().trim())
        .filter(|part| !part.is_empty())
        .collect();
    let mut node = node;
    for (index, part) in parts.iter().enumerate() {
        if position(node, part)?.is_none() && !node.is_null() {
            let made = kind_before(parts.get(index + 1).copied().unwrap_or_default(), kind);
            match step(part)? {
                Step::Field(name) => node.set(name, Node::empty(made)),
                Step::Item { field, value } => append(node, item(field, value)),
                _ => {}
            }
        }
        match position(node, part)? {
            None => return Ok(None),
            Some(at) => node = child_mut(node, at),
        }
    }
    Ok(Some(node))
}

/// The kind of node in which the next step of a path can be made.
pub(crate) fn kind_before(next: &str, last: Kind) -> Kind {
    match next {
        "" => last,
        next if next.starts_with('[') && next.ends_with(']') => Kind::Sequence,
        next if next.parse::<usize>().is_ok() => Kind::Sequence,
        _ => Kind::Mapping,
    }
}

/// A list item that `[field=value]` finds.
pub(crate) fn item(field: &str, value: &str) -> Node {
    if field.is_empty() {
        return Node::plain(value);
    }
    let key = Scalar {
        text: field.to_owned(),
        tag: Tag::Str,
    };
    Node::Mapping(vec![(key, Node::plain(value))])
}

/// The items of a list; those of null are none.
pub(crate) fn elements_of(node: &Node) -> Result<&[Node]> {
    expect(node, Kind::Sequence)?;
    Ok(node.items())
}

pub(crate) fn append(list: &mut Node, item: Node) {
    if let Node::Sequence(items) = list {
        items.push(item);
    }
}

fn child(node: &Node, at: usize) -> &Node {
    match node {
        Node::Mapping(entries) => &entries[at].1,
        Node::Sequence(items) => &items[at],
        Node::Scalar(_) => node,
    }
}

fn child_mut(node: &mut Node, at: usize) -> &mut Node {
    match node {
        Node::Mapping(entries) => &mut entries[at].1,
        Node::Sequence(items) => &mut items[at],
        Node::Scalar(_) => node,
    }
}

/// Where one step leads, as the place among the entries or items of the node.
fn position(node: &Node, part: &str) -> Result<Option<usize>> {
    Ok(match step(part)? {
        Step::Every => fail!("wildcard is not supported in PathGetter"),
        Step::Field(_) if node.is_null() => None,
        Step::Field(name) => {
            expect(node, Kind::Mapping)?;
            node.entries().iter().position(|(key, _)| key.text == name)
        }
        Step::Index(index) => (index < elements_of(node)?.len()).then_some(index),
        Step::Last => elements_of(node)?.len().checked_sub(1),
        Step::Item { field, value } => elements_of(node)?.iter().position(|item| match field {
            "" => item.text() == value,
            field => item.get(field).is_some_and(|found| found.text() == value),
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_split_at_bare_delimiters() {
        assert_eq!(split("a/b\\/c/d", '/'), ["a", "b/c", "d"]);
        assert_eq!(split("/a", '/'), ["a"]);
        assert_eq!(split("", '/'), [""]);
        assert_eq!(
            split_smart("spec.[name=a.b].x.[c.d/e]", '.'),
            ["spec", "[name=a.b]", "x", "c.d/e"]
        );
    }

    #[test]
    fn steps_are_told_apart() {
        assert_eq!(step("12").unwrap(), Step::Index(12));
        assert_eq!(
            step("[=x]").unwrap(),
            Step::Item {
                field: "",
                value: "x"
            }
        );
        assert!(step("-1").is_err() && step("[x]").is_err());
    }
}
