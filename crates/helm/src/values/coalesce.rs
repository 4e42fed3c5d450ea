use gotemplate::{Map, Value};

use super::{coalesce_tables, deep_copy, merge_tables, remove_nulls};
use crate::capabilities::Compatibility;
use crate::chart::Chart;

const GLOBAL: &str = "global";

/// The values of a subchart are no table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("type mismatch on {chart}: a table is wanted, not {found}")]
pub struct TypeMismatch {
    /// The subchart.
    pub chart: String,
    /// Go's name of the type that is there.
    pub found: String,
}

/// The values that a chart and its subcharts are rendered with: `values` over their defaults. A null takes the
/// default away.
pub fn coalesce_values(
    chart: &Chart,
    values: &Map,
    compatibility: Compatibility,
) -> Result<Map, TypeMismatch> {
    let values = deep_copy(values);
    lay_over(chart, &values, Nulls::Remove(compatibility))?;
    Ok(values)
}

/// Like [`coalesce_values`], but nulls stay, for they have to take effect later.
pub fn merge_values(chart: &Chart, values: &Map) -> Result<Map, TypeMismatch> {
    let values = deep_copy(values);
    lay_over(chart, &values, Nulls::Stay)?;
    Ok(values)
}

fn lay_over(chart: &Chart, values: &Map, nulls: Nulls) -> Result<(), TypeMismatch> {
    lay_over_defaults(chart, values, nulls);
    for subchart in &chart.dependencies {
        let own = match values.get(subchart.name()) {
            Some(Value::Map(own)) => own,
            None => {
                let own = Map::new();
                values.insert(subchart.name(), own.clone());
                own
            }
            Some(other) => {
                return Err(TypeMismatch {
                    chart: subchart.name().to_owned(),
                    found: other.type_name().into_owned(),
                });
            }
        };
        hand_down_globals(values, &own);
        lay_over(subchart, &own, nulls)?;
    }
    Ok(())
}

fn lay_over_defaults(chart: &Chart, values: &Map, nulls: Nulls) {
    for (key, default) in deep_copy(&chart.values).entries() {
        match (values.get(&key), default) {
            (Some(Value::Nil), _) if nulls != Nulls::Stay => values.remove(&key),
            (Some(Value::Map(values)), Value::Map(defaults)) => {
                // nulls for a subchart are left to its own turn
                if nulls != Nulls::Stay && !chart.has_dependency(&key) {
                    nulls.clean(&defaults);
                    coalesce_tables(&values, &defaults);
                } else {
                    merge_tables(&values, &defaults);
                }
            }
            (Some(_), _) => {}
            (None, Value::Nil) if nulls.leave_defaults() => {}
            (None, default) => {
                if let Value::Map(table) = &default {
                    nulls.clean(table);
                }
                values.insert(key, default);
            }
        }
    }
}

/// What a null does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nulls {
    /// It stays, to take effect later.
    Stay,
    /// It removes a default; whether nulls among the defaults stay differs between versions.
    Remove(Compatibility),
}

impl Nulls {
    fn leave_defaults(self) -> bool {
        self == Self::Remove(Compatibility::Helm4)
    }

    fn clean(self, defaults: &Map) {
        if self.leave_defaults() {
            remove_nulls(defaults);
        }
    }
}

/// Lays the globals of a chart over those of a subchart. Tables within them are shared by both afterwards.
fn hand_down_globals(parent: &Map, child: &Map) {
    let globals = |values: &Map| match values.get(GLOBAL) {
        None => Some(Map::new()),
        Some(Value::Map(globals)) => Some(globals),
        Some(_) => None,
    };
    let (Some(from), Some(to)) = (globals(parent), globals(child)) else {
        return;
    };
    for (key, value) in from.entries() {
        match (value, to.get(&key)) {
            (Value::Map(table), present) => {
                let table: Map = table.entries().into_iter().collect();
                match present {
                    None => {}
                    Some(Value::Map(present)) => merge_tables(&table, &present),
                    Some(_) => continue,
                }
                to.insert(key, table);
            }
            (_, Some(Value::Map(_))) => {}
            (value, _) => {
                to.insert(key, value);
            }
        }
    }
    child.insert(GLOBAL, to);
}
