use serde_json::Value;

use crate::wire::same_quantity;

/// How alike an intended and a live value are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The same.
    Equal,
    /// The live value has more fields: defaults, or what others wrote.
    Defaulted,
    /// Equal as quantities: `0.1` and `100m`.
    WrittenAnotherWay,
    /// Not the same.
    Different,
}

pub(super) fn likeness(intent: &Value, live: &Value) -> Likeness {
    match (intent, live) {
        (Value::Object(intent), Value::Object(live)) => {
            let extra = if intent.len() < live.len() {
                Likeness::Defaulted
            } else {
                Likeness::Equal
            };
            worst(
                extra,
                intent.iter().map(|(name, value)| match live.get(name) {
                    Some(live) => likeness(value, live),
                    None if value.is_null() => Likeness::WrittenAnotherWay,
                    None => Likeness::Different,
                }),
            )
        }
        (Value::Array(intent), Value::Array(live)) if intent.len() == live.len() => worst(
            Likeness::Equal,
            intent.iter().zip(live).map(|(a, b)| likeness(a, b)),
        ),
        (a, b) if equal(a, b) => Likeness::Equal,
        (Value::String(_) | Value::Number(_), Value::String(live)) if same_quantity(intent, live) => {
            Likeness::WrittenAnotherWay
        }
        _ => Likeness::Different,
    }
}

fn worst(first: Likeness, mut others: impl Iterator<Item = Likeness>) -> Likeness {
    let result = others.try_fold(first, |worst, next| match worst.max(next) {
        Likeness::Different => Err(()),
        worst => Ok(worst),
    });
    result.unwrap_or(Likeness::Different)
}

/// Equality of JSON, with `1` and `1.0` the same number.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || a.as_f64() == b.as_f64() && (a.is_f64() || b.is_f64())
        }
        _ => a == b,
    }
}
