use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::expression::{Each, Expression, GivenHealth, Operator, Piece, Question, Step};
use crate::health::{Health, Verdict};

static NULL: Value = Value::Null;

/// What a rule is applied to, and the names that it has given to parts of it.
pub(super) struct Scope<'a> {
    object: &'a Value,
    names: Vec<(&'a str, Cow<'a, Value>)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(object: &'a Value) -> Self {
        Self {
            object,
            names: Vec::new(),
        }
    }

    /// The verdict of the first step that applies.
    pub(super) fn verdict(&mut self, steps: &'a [Step]) -> Option<Verdict<Health>> {
        let names = self.names.len();
        let verdict = steps.iter().find_map(|step| self.step(step));
        self.names.truncate(names);
        verdict
    }

    fn step(&mut self, step: &'a Step) -> Option<Verdict<Health>> {
        match step {
            Step::Give {
                when,
                health,
                message,
            } => {
                if when.as_ref().is_some_and(|when| !self.holds(when)) {
                    return None;
                }
                let health = self.health(health);
                let message = message.as_ref().map(|message| self.text(message));
                Some(Verdict::new(health, message.unwrap_or_default()))
            }
            Step::If { when, steps } => self.holds(when).then(|| self.verdict(steps))?,
            Step::For { name, list, steps } => {
                let list = self.value(list);
                items(list).into_iter().find_map(|item| {
                    self.names.push((name, item));
                    let verdict = self.verdict(steps);
                    self.names.pop();
                    verdict
                })
            }
            Step::Let { name, value } => {
                let value = self.value(value);
                self.names.push((name, value));
                None
            }
        }
    }

    fn health(&mut self, health: &'a GivenHealth) -> Health {
        match health {
            GivenHealth::Named(health) => *health,
            GivenHealth::Computed(word) => Health::from_word(&self.text(word)).unwrap_or(Health::Unknown),
        }
    }

    /// A value as text; nothing for `null`.
    pub(super) fn text(&mut self, expression: &'a Expression) -> String {
        as_text(&self.value(expression)).into_owned()
    }

    fn holds(&mut self, expression: &'a Expression) -> bool {
        is_true(&self.value(expression))
    }

    fn value(&mut self, expression: &'a Expression) -> Cow<'a, Value> {
        match expression {
            Expression::Literal(value) => Cow::Borrowed(value),
            Expression::Text(pieces) => Cow::Owned(self.interpolate(pieces).into()),
            Expression::Path(name, fields) => follow(self.lookup(name), fields),
            Expression::List(items) => {
                Cow::Owned(items.iter().map(|item| self.value(item).into_owned()).collect())
            }
            Expression::Member(inner, fields) => follow(self.value(inner), fields),
            Expression::Not(inner) => Cow::Owned((!self.holds(inner)).into()),
            Expression::Binary(operator, sides) => self.binary(*operator, &sides.0, &sides.1),
            Expression::Condition(kind, status) => {
                let condition = self.lookup("c");
                let is =
                    |field: &str, wanted: &str| condition.get(field).and_then(Value::as_str) == Some(wanted);
                Cow::Owned((is("type", kind) && is("status", status)).into())
            }
            Expression::Each(each) => self.each(each),
            Expression::Call(function, arguments) => {
                let values: Vec<_> = arguments.iter().map(|argument| self.value(argument)).collect();
                let values: Vec<&Value> = values.iter().map(Cow::as_ref).collect();
                Cow::Owned(function.call(&values, self.object))
            }
        }
    }

    fn interpolate(&mut self, pieces: &'a [Piece]) -> String {
        pieces.iter().fold(String::new(), |mut text, piece| {
            match piece {
                Piece::Plain(plain) => text.push_str(plain),
                Piece::Value(expression) => text.push_str(&self.text(expression)),
            }
            text
        })
    }

    fn lookup(&self, name: &str) -> Cow<'a, Value> {
        let known = self.names.iter().rev().find(|(known, _)| *known == name);
        match known {
            Some((_, value)) => value.clone(),
            None => Cow::Borrowed(self.object.get(name).unwrap_or(&NULL)),
        }
    }

    fn binary(&mut self, operator: Operator, left: &'a Expression, right: &'a Expression) -> Cow<'a, Value> {
        let left = self.value(left);
        match operator {
            Operator::Or => return if is_true(&left) { left } else { self.value(right) },
            Operator::And => return if is_true(&left) { self.value(right) } else { left },
            Operator::Otherwise => return if left.is_null() { self.value(right) } else { left },
            _ => {}
        }
        let right = self.value(right);
        let ordered = || order(&left, &right);
        Cow::Owned(match operator {
            Operator::Equal => equal(&left, &right).into(),
            Operator::NotEqual => (!equal(&left, &right)).into(),
            Operator::Less => (ordered() == Some(Ordering::Less)).into(),
            Operator::LessOrEqual => ordered().is_some_and(Ordering::is_le).into(),
            Operator::Greater => (ordered() == Some(Ordering::Greater)).into(),
            Operator::GreaterOrEqual => ordered().is_some_and(Ordering::is_ge).into(),
            Operator::In => right
                .as_array()
                .is_some_and(|items| items.iter().any(|item| equal(item, &left)))
                .into(),
            Operator::Plus if left.is_string() || right.is_string() => {
                format!("{}{}", as_text(&left), as_text(&right)).into()
            }
            Operator::Plus => arithmetic(&left, &right, i64::checked_add),
            _ => arithmetic(&left, &right, i64::checked_sub),
        })
    }

    fn each(&mut self, each: &'a Each) -> Cow<'a, Value> {
        let list = self.value(&each.list);
        let mut chosen = Vec::new();
        let items = items(list);
        let total = items.len();
        for (item, index) in items.into_iter().zip(1_i64..) {
            self.names.push((&each.name, item.clone()));
            self.names.push(("index", Cow::Owned(index.into())));
            if each.when.as_ref().is_none_or(|when| self.holds(when)) {
                chosen.push(match &each.yields {
                    Some(yields) => self.value(yields),
                    None => item,
                });
            }
            self.names.truncate(self.names.len() - 2);
        }
        let number = |value: &Cow<'_, Value>| value.as_i64().unwrap_or(0);
        Cow::Owned(match each.question {
            Question::Any => (!chosen.is_empty()).into(),
            Question::All => (chosen.len() == total).into(),
            Question::Count => chosen.len().into(),
            Question::First => return chosen.into_iter().next().unwrap_or(Cow::Borrowed(&NULL)),
            Question::Last => return chosen.pop().unwrap_or(Cow::Borrowed(&NULL)),
            Question::Sum => chosen.iter().map(number).sum::<i64>().into(),
            Question::Join => {
                let separator = each
                    .separator
                    .as_ref()
                    .map(|separator| self.text(separator))
                    .unwrap_or_default();
                let texts: Vec<_> = chosen.iter().map(|value| as_text(value)).collect();
                texts.join(&separator).into()
            }
        })
    }
}

/// What is found along the fields.
fn follow<'v>(value: Cow<'v, Value>, fields: &[String]) -> Cow<'v, Value> {
    fields.iter().fold(value, |value, field| match value {
        Cow::Borrowed(value) => Cow::Borrowed(child(value, field).unwrap_or(&NULL)),
        Cow::Owned(value) => Cow::Owned(child(&value, field).cloned().unwrap_or_default()),
    })
}

/// The items of a list, or the values of a map by the order of its keys.
fn items(list: Cow<'_, Value>) -> Vec<Cow<'_, Value>> {
    match list {
        Cow::Borrowed(Value::Array(items)) => items.iter().map(Cow::Borrowed).collect(),
        Cow::Borrowed(Value::Object(fields)) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            fields
                .into_iter()
                .map(|(_, value)| Cow::Borrowed(value))
                .collect()
        }
        Cow::Owned(Value::Array(items)) => items.into_iter().map(Cow::Owned).collect(),
        Cow::Owned(Value::Object(fields)) => {
            let mut fields: Vec<_> = fields.into_iter().collect();
            fields.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
            fields.into_iter().map(|(_, value)| Cow::Owned(value)).collect()
        }
        _ => Vec::new(),
    }
}

/// A field of a map, or an item of a list, counted from 0.
fn child<'v>(value: &'v Value, field: &str) -> Option<&'v Value> {
    match value {
        Value::Array(items) => items.get(field.parse::<usize>().ok()?),
        _ => value.get(field),
    }
}

/// Everything but `null` and `false`.
pub(super) fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

/// Numbers are equal by value, everything else by form.
fn equal(left: &Value, right: &Value) -> bool {
    match (left.as_f64(), right.as_f64()) {
        (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
        _ => left == right,
    }
}

/// Numbers and texts have an order among themselves.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn arithmetic(left: &Value, right: &Value, apply: fn(i64, i64) -> Option<i64>) -> Value {
    left.as_i64()
        .zip(right.as_i64())
        .and_then(|(left, right)| apply(left, right))
        .into()
}

/// A value as it stands in a message.
pub(super) fn as_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}
