use gotemplate::{List, Map, Value};

/// A table with the entries of both; `over` wins, tables are merged. Neither is changed.
#[must_use]
pub fn merge_maps(under: &Map, over: &Map) -> Map {
    let merged: Map = under.entries().into_iter().collect();
    for (key, value) in over.entries() {
        let value = match (merged.get(&key), value) {
            (Some(Value::Map(under)), Value::Map(over)) => Value::Map(merge_maps(&under, &over)),
            (_, value) => value,
        };
        merged.insert(key, value);
    }
    merged
}

/// Lays `values` over `defaults`: what is null in `values` takes the default away.
pub fn coalesce_tables(values: &Map, defaults: &Map) {
    lay_over(values, defaults, true);
}

/// Lays `values` over `defaults`: what is null in `values` stays null, to take effect later.
pub fn merge_tables(values: &Map, defaults: &Map) {
    lay_over(values, defaults, false);
}

fn lay_over(values: &Map, defaults: &Map, nulls_remove: bool) {
    let entries = defaults.entries();
    // seen by all who hold the defaults, as in Helm
    for (key, value) in values.entries() {
        if matches!(value, Value::Nil) {
            defaults.insert(key, Value::Nil);
        }
    }
    for (key, default) in entries {
        match (values.get(&key), default) {
            (None, default) => {
                values.insert(key, default);
            }
            (Some(Value::Nil), default) if nulls_remove && !matches!(default, Value::Nil) => {
                values.remove(&key);
            }
            (Some(Value::Map(values)), Value::Map(defaults)) => lay_over(&values, &defaults, nulls_remove),
            _ => {}
        }
    }
}

/// Removes null entries, in tables within tables too, but not in lists.
pub fn remove_nulls(values: &Map) {
    for (key, value) in values.entries() {
        match value {
            Value::Nil => values.remove(key),
            Value::Map(inner) => remove_nulls(&inner),
            _ => {}
        }
    }
}

/// A copy that shares no table with the original.
#[must_use]
pub fn deep_copy(values: &Map) -> Map {
    values
        .entries()
        .into_iter()
        .map(|(key, value)| (key, copy_of(&value)))
        .collect()
}

fn copy_of(value: &Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(deep_copy(map)),
        Value::List(list) => {
            let items = list.items().iter().map(copy_of).collect();
            Value::List(List::of(list.element(), items))
        }
        other => other.clone(),
    }
}

/// The table at a path with dots.
pub fn table(values: &Map, path: &str) -> Option<Map> {
    path.split('.')
        .try_fold(values.clone(), |table, name| match table.get(name) {
            Some(Value::Map(inner)) => Some(inner),
            _ => None,
        })
}

/// The value at a path with dots, unless it is a table.
pub fn lookup(values: &Map, path: &str) -> Option<Value> {
    let (holder, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (table(values, parent)?, name),
        None => (values.clone(), path),
    };
    holder.get(name).filter(|value| !matches!(value, Value::Map(_)))
}

#[cfg(test)]
mod tests;
