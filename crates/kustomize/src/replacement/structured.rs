//! Fields inside of texts: a path that goes on behind a scalar leads into the JSON or YAML that it holds.

use super::{
    matcher::{Matcher, parse},
    target,
};
use crate::{
    error::{Result, fail},
    gojson,
    kustomization::FieldOptions,
    node::{Access as _, Kind, Node, lookup, lookup_mut, print_ordered},
};

/// Sets what a path names inside of a text; fails when it does not lead into one.
pub(super) fn set(
    object: &mut Node,
    path: &[String],
    value: &Node,
    options: Option<&FieldOptions>,
    create: Option<Kind>,
) -> Result<()> {
    let Some((outer, inner, mut content)) = find(object, path) else {
        fail!("no structured data found in path");
    };
    let Some(field) = lookup_mut(object, outer)? else {
        fail!("no structured data found in path");
    };
    let mut matcher = Matcher {
        create,
        found: &mut |place, made| target::set(place, value, options, made),
    };
    if matcher.visit(&mut content, inner)? == 0 {
        fail!("unable to find field in structured data");
    }
    let text = serialize(content, field.text());
    if let Node::Scalar(scalar) = field {
        scalar.text = text;
    }
    Ok(())
}

/// The path to the first scalar on the way, the rest of the path, and what the scalar holds.
fn find<'a>(object: &Node, path: &'a [String]) -> Option<(&'a [String], &'a [String], Node)> {
    (1..path.len()).find_map(|end| {
        let (outer, inner) = path.split_at(end);
        let field = lookup(object, outer).ok()??;
        if field.kind() != Kind::Scalar || field.text().trim().is_empty() {
            return None;
        }
        Some((outer, inner, parse(field.text()).ok()?))
    })
}

fn serialize(content: Node, original: &str) -> String {
    if !original.trim_start().starts_with(['{', '[']) {
        return print_ordered(&content).trim().to_owned();
    }
    let value = content.into_value();
    if original.contains('\n') && original.contains("  ") {
        gojson::to_string_indented(&value)
    } else {
        gojson::to_string(&value)
    }
}
