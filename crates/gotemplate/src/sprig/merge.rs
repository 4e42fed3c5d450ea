//! Merging maps, as the library `mergo` does.

use super::{Called, Row};
use crate::exec::{Context, LimitError, VALUE_DEPTH, stacked};
use crate::function::{Args, Signature};
use crate::value::{Map, Type, Value};

const MAPS: Signature = Signature::variadic(&[Type::Map], Type::Map);

pub(super) const TABLE: &[Row] = &[
    ("merge", MAPS, |context, args| merge(context, args, false)),
    ("mustMerge", MAPS, |context, args| merge(context, args, false)),
    ("mergeOverwrite", MAPS, |context, args| merge(context, args, true)),
    ("mustMergeOverwrite", MAPS, |context, args| {
        merge(context, args, true)
    }),
];

/// Merges all further maps into the first, which is changed and returned.
fn merge(context: &Context<'_>, args: &Args, overwrite: bool) -> Called {
    let mut target = args.map(0).clone();
    for at in 1..args.len() {
        let source = args.map(at);
        if target.is_nil() && !source.is_nil() {
            target = Map::new();
        }
        merge_into(context, &target, source, overwrite, 0)?;
    }
    Ok(target.into())
}

fn merge_into(
    context: &Context<'_>,
    target: &Map,
    source: &Map,
    overwrite: bool,
    depth: usize,
) -> Result<(), LimitError> {
    if depth > VALUE_DEPTH {
        return Err(LimitError::Nesting(VALUE_DEPTH));
    }
    for (key, value) in source.entries() {
        context.spend(1)?;
        let present = target.get(&key);
        if value.is_nil() {
            if overwrite {
                context.put(target, key, value);
            }
            continue;
        }
        if let (Value::Map(from), Some(Value::Map(into))) = (&value, &present) {
            stacked(|| merge_into(context, into, from, overwrite, depth + 1))?;
        }
        let filled = present.as_ref().is_some_and(Value::is_true);
        let both_maps = matches!((&value, &present), (Value::Map(_), Some(Value::Map(_))));
        if !(filled && (both_maps || !overwrite)) {
            context.put(target, key, value);
        }
    }
    Ok(())
}
