use crate::{
    error::{Result, fail},
    node::{Access as _, Node},
};

const KEY: &str = "$patch";

/// What a patch says is to be done at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    Merge,
    Replace,
    Delete,
}

/// Reads the directive of a map or list in a patch, and takes it out of there.
pub(super) fn take(patch: Option<&mut Node>) -> Result<Directive> {
    match patch {
        None => Ok(Directive::Merge),
        Some(patch @ Node::Mapping(_)) => {
            let Some(value) = patch.get(KEY) else {
                return Ok(Directive::Merge);
            };
            let directive = parse(value.text())?;
            patch.remove(KEY);
            Ok(directive)
        }
        Some(Node::Sequence(items)) => take_from_list(items),
        Some(scalar @ Node::Scalar(_)) => fail!(
            "no implemented strategic merge patch strategy for '{}' ('{}')",
            if scalar.is_null() { "!!null" } else { "!!str" },
            crate::node::print(scalar)
        ),
    }
}

/// A list has a directive when the first item that mentions one says nothing else.
fn take_from_list(items: &mut Vec<Node>) -> Result<Directive> {
    let Some(item) = items.iter().find(|item| item.get(KEY).is_some()) else {
        return Ok(Directive::Merge);
    };
    let text = item.get(KEY).map_or("", |value| value.text()).to_owned();
    if item.entries().len() > 1 {
        return Ok(Directive::Merge);
    }
    let directive = parse(&text)?;
    items.retain(|item| !item.is_empty_mapping() && item.get(KEY).is_none_or(|value| value.text() != text));
    Ok(directive)
}

fn parse(text: &str) -> Result<Directive> {
    match text {
        "merge" => Ok(Directive::Merge),
        "replace" => Ok(Directive::Replace),
        "delete" => Ok(Directive::Delete),
        _ => fail!("unknown patch strategy '{text}'"),
    }
}
