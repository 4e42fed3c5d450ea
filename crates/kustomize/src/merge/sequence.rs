use super::{
    directive::{self, Directive},
    element, keys,
    walk::{ListGrowth, Outcome, Walker},
};
use crate::{
    error::Result,
    node::{Access as _, Node},
    schema::Schema,
};

/// Merges a list with that of a patch, item by item.
pub(super) fn walk(
    walker: &Walker<'_>,
    target: Option<&mut Node>,
    mut patch: Option<&mut Node>,
    schema: Option<&Schema>,
    key_names: &[String],
) -> Result<Outcome> {
    let Some(target) = target.filter(|target| !target.is_null()) else {
        let Some(patch) = patch else {
            return Ok(Outcome::Nothing);
        };
        clean(walker, patch, schema, key_names)?;
        return Ok(Outcome::Patch);
    };
    if patch.as_ref().is_some_and(|patch| patch.is_null()) {
        return Ok(Outcome::Nothing);
    }
    match directive::take(patch.as_deref_mut())? {
        Directive::Delete => return Ok(Outcome::Nothing),
        Directive::Replace => {
            if let Some(patch) = patch {
                merge_items(walker, patch, Other::Itself, schema, key_names)?;
            }
            return Ok(Outcome::Patch);
        }
        Directive::Merge => {}
    }
    let other = match patch {
        Some(Node::Sequence(items)) => Other::Patch(items),
        _ => Other::Nothing,
    };
    merge_items(walker, target, other, schema, key_names)?;
    Ok(Outcome::Target)
}

/// A list that only the patch has, merged with itself; false when it goes.
pub(super) fn clean(
    walker: &Walker<'_>,
    list: &mut Node,
    schema: Option<&Schema>,
    key_names: &[String],
) -> Result<bool> {
    if directive::take(Some(list))? == Directive::Delete {
        return Ok(false);
    }
    merge_items(walker, list, Other::Itself, schema, key_names)?;
    Ok(true)
}

/// What a list is merged with.
enum Other<'a> {
    /// The list of a patch.
    Patch(&'a mut Vec<Node>),
    /// Itself: it comes from a patch, and is cleaned.
    Itself,
    /// The patch says nothing of it.
    Nothing,
}

impl Other<'_> {
    fn items(&self) -> Option<&Vec<Node>> {
        match self {
            Self::Patch(items) => Some(items),
            Self::Itself | Self::Nothing => None,
        }
    }
}

/// An item of a merged list, and the keys that found it.
struct Merged {
    item: Node,
    keys: Vec<String>,
    values: Vec<String>,
}

fn merge_items(
    walker: &Walker<'_>,
    target: &mut Node,
    other: Other<'_>,
    schema: Option<&Schema>,
    key_names: &[String],
) -> Result<()> {
    let Node::Sequence(target) = target else {
        return Ok(());
    };
    let scalars = [String::new()];
    let (key_names, all) = if key_names.is_empty() {
        (&scalars[..], texts(target, other.items(), walker.growth))
    } else {
        let mut all = key_values(target, other.items(), key_names, walker.growth);
        if key_names.len() > 1 {
            keys::complete(&mut all);
        }
        (key_names, all)
    };
    let item_schema = schema.and_then(Schema::items);
    let mut merge = ItemMerge {
        walker,
        target,
        other,
        schema: item_schema,
    };
    let mut grown: Vec<Node> = Vec::new();
    let mut last_keys = key_names.to_vec();
    for values in &all {
        let (keys, values) = keys::given(&all, values, key_names);
        last_keys.clone_from(&keys);
        match merge.item(&keys, &values)? {
            None => element::set(merge.target, None, &keys, &values)?,
            Some(item) => {
                let merged = Merged { item, keys, values };
                add(&mut grown, merged)?;
            }
        }
    }
    if all.is_empty() {
        return Ok(());
    }
    let target = merge.target;
    if walker.growth == ListGrowth::Prepend {
        let rest = std::mem::replace(target, grown);
        append_all(target, rest, &last_keys)
    } else {
        append_all(target, grown, &last_keys)
    }
}

/// Adds an item, completed by the keys that found it.
fn add(grown: &mut Vec<Node>, merged: Merged) -> Result<()> {
    let Merged {
        mut item,
        keys,
        values,
    } = merged;
    for (key, value) in keys.iter().zip(&values) {
        if !key.is_empty() && item.get(key).is_none() && !value.is_empty() {
            item.set(key, Node::plain(value.clone()));
        }
    }
    element::set(grown, Some(&item), &keys, &values)
}

struct ItemMerge<'a, 'b> {
    walker: &'a Walker<'a>,
    target: &'b mut Vec<Node>,
    other: Other<'b>,
    schema: Option<Schema>,
}

impl ItemMerge<'_, '_> {
    /// The item with these keys, from both lists; nothing when it goes.
    fn item(&mut self, keys: &[String], values: &[String]) -> Result<Option<Node>> {
        let (keys, values) = keys::given(&[values.to_vec()], values, keys);
        let in_target = element::find(self.target, &keys, &values);
        if let (Other::Itself, Some(index)) = (&self.other, in_target) {
            let item = &mut self.target[index];
            let stays = self.walker.clean_place(item, self.schema.clone())? && !item.is_empty_mapping();
            return Ok(stays.then(|| item.clone()));
        }
        let mut patch_item = match &mut self.other {
            Other::Patch(items) => element::find(items, &keys, &values).map(|index| &mut items[index]),
            Other::Itself | Other::Nothing => None,
        };
        let outcome = self.walker.walk(
            in_target.map(|index| &mut self.target[index]),
            patch_item.as_deref_mut(),
            self.schema.clone(),
        )?;
        let item = match outcome {
            Outcome::Nothing => None,
            Outcome::Target => in_target.map(|index| self.target[index].clone()),
            Outcome::Patch => patch_item.map(|item| item.clone()),
        };
        Ok(item.filter(|item| !item.is_empty_mapping()))
    }
}

/// Puts items to the end of a list; such with the same keys take the place of what is there.
fn append_all(list: &mut Vec<Node>, items: Vec<Node>, keys: &[String]) -> Result<()> {
    for item in items {
        if keys.first().is_none_or(String::is_empty) {
            let value = [item.text().to_owned()];
            element::set(list, Some(&item), &[String::new()], &value)?;
            continue;
        }
        let mut values = Vec::new();
        for key in keys {
            match item.get(key) {
                Some(field) => values.push(field.text().to_owned()),
                None => list.push(item.clone()),
            }
        }
        if keys.len() > 1 {
            element::set(list, None, keys, &values)?;
        }
        element::set(list, Some(&item), keys, &values)?;
    }
    Ok(())
}

/// The distinct key values of both lists; those of the list whose items come first, first.
fn key_values(
    target: &[Node],
    patch: Option<&Vec<Node>>,
    key_names: &[String],
    growth: ListGrowth,
) -> Vec<Vec<String>> {
    distinct(in_order(target, patch, growth).flat_map(|list| keys::of_items(list, key_names)))
}

fn texts(target: &[Node], patch: Option<&Vec<Node>>, growth: ListGrowth) -> Vec<Vec<String>> {
    distinct(
        in_order(target, patch, growth).flat_map(|list| list.iter().map(|item| vec![item.text().to_owned()])),
    )
}

fn in_order<'a>(
    target: &'a [Node],
    patch: Option<&'a Vec<Node>>,
    growth: ListGrowth,
) -> impl Iterator<Item = &'a [Node]> {
    let patch = patch.map(Vec::as_slice);
    let both = if growth == ListGrowth::Prepend {
        [patch, Some(target)]
    } else {
        [Some(target), patch]
    };
    both.into_iter().flatten()
}

fn distinct(values: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    let mut seen = std::collections::HashSet::new();
    values.filter(|values| seen.insert(values.clone())).collect()
}
