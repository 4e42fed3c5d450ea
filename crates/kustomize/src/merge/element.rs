//! Items of a list, found and replaced by the texts of their keys. An empty key stands for the item itself.

use crate::{
    error::Result,
    node::{Access as _, Kind, Node, expect},
};

/// The first item whose keys have these texts.
pub(super) fn find(items: &[Node], keys: &[String], values: &[String]) -> Option<usize> {
    if keys.first().is_none_or(String::is_empty) {
        let value = values.first().map_or("", String::as_str);
        return items.iter().position(|item| item.text() == value);
    }
    items.iter().position(|item| {
        item.kind() == Kind::Mapping
            && keys
                .iter()
                .zip(values)
                .all(|(key, value)| item.get(key).is_some_and(|field| field.text() == value))
    })
}

/// Replaces each item whose keys have these texts, or removes it when there is nothing to put there; what is
/// new goes to the end. Empty items go in any case, and without values everything else does, too.
pub(super) fn set(
    items: &mut Vec<Node>,
    element: Option<&Node>,
    keys: &[String],
    values: &[String],
) -> Result<()> {
    let by_field = keys.first().is_some_and(|key| !key.is_empty())
        && values.first().is_some_and(|value| !value.is_empty());
    let mut found = false;
    let mut kept = Vec::with_capacity(items.len() + 1);
    for item in std::mem::take(items) {
        if item.is_empty_mapping() {
            continue;
        }
        if by_field && item.kind() != Kind::Mapping {
            kept.push(item);
            continue;
        }
        if !matches(&item, keys, values)? {
            if !values.is_empty() {
                kept.push(item);
            }
            continue;
        }
        found = true;
        kept.extend(element.cloned());
    }
    if let Some(element) = element.filter(|element| !element.is_null() && !found) {
        kept.push(element.clone());
    }
    *items = kept;
    Ok(())
}

fn matches(item: &Node, keys: &[String], values: &[String]) -> Result<bool> {
    // a key without a value finds what the key before it found
    let mut found = false;
    for (index, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(index) {
            found = if key.is_empty() {
                expect(item, Kind::Scalar)?;
                item.value_text() == value
            } else {
                expect(item, Kind::Mapping)?;
                item.get(key)
                    .is_some_and(|field| value.is_empty() || field.text() == value)
            };
        }
        if !found {
            return Ok(false);
        }
    }
    Ok(found)
}
