use serde_json::Value;

use super::evaluate::{as_text, is_true};

/// A function of rule expressions, and how many arguments it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// Whether a text starts with another.
    Starts,
    /// Whether a text ends with another.
    Ends,
    /// Whether a text holds another.
    Contains,
    /// A text in lower case.
    Lower,
    /// A text as a number; null when it is none.
    Number,
    /// A text with every occurrence of the second replaced by the third.
    Replace,
    /// The first so many characters of a text.
    Prefix,
    /// How many items a list or a map has.
    Size,
    /// What is before the first occurrence of the second in the first.
    Before,
    /// What is after it.
    After,
    /// A list sorted by one field of its items; items without it come last.
    SortedBy,
    /// The first condition of a type.
    Condition,
    /// The second when the first holds, else the third.
    Choose,
}

const FUNCTIONS: &[(&str, Function, usize)] = &[
    ("starts", Function::Starts, 2),
    ("ends", Function::Ends, 2),
    ("contains", Function::Contains, 2),
    ("lower", Function::Lower, 1),
    ("number", Function::Number, 1),
    ("replace", Function::Replace, 3),
    ("prefix", Function::Prefix, 2),
    ("size", Function::Size, 1),
    ("before", Function::Before, 2),
    ("after", Function::After, 2),
    ("sorted_by", Function::SortedBy, 2),
    ("condition", Function::Condition, 1),
    ("choose", Function::Choose, 3),
];

impl Function {
    /// The function of a name, with the number of its arguments.
    pub(super) fn named(name: &str) -> Option<(Self, usize)> {
        FUNCTIONS
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|&(_, function, arguments)| (function, arguments))
    }

    /// Calls it; `object` is what is being judged.
    pub(super) fn call(self, arguments: &[&Value], object: &Value) -> Value {
        let text = |index: usize| arguments.get(index).and_then(|value| value.as_str());
        let both = || Some((text(0)?, text(1)?));
        match self {
            Self::Starts => both().is_some_and(|(text, start)| text.starts_with(start)).into(),
            Self::Ends => both().is_some_and(|(text, end)| text.ends_with(end)).into(),
            Self::Contains => both().is_some_and(|(text, part)| text.contains(part)).into(),
            Self::Lower => text(0).map(str::to_lowercase).into(),
            Self::Number => number(arguments[0]),
            Self::Replace => replace(arguments),
            Self::Prefix => prefix(arguments).into(),
            Self::Size => size(arguments[0]).into(),
            Self::Before => both()
                .and_then(|(text, mark)| text.split_once(mark))
                .map(|(before, _)| before)
                .into(),
            Self::After => both()
                .and_then(|(text, mark)| text.split_once(mark))
                .map(|(_, after)| after)
                .into(),
            Self::SortedBy => sorted_by(arguments),
            Self::Choose => arguments[if is_true(arguments[0]) { 1 } else { 2 }].clone(),
            Self::Condition => condition(object, text(0).unwrap_or_default()),
        }
    }
}

fn number(value: &Value) -> Value {
    match value {
        Value::Number(_) => value.clone(),
        Value::String(text) => text
            .parse::<i64>()
            .map(Value::from)
            .or_else(|_| text.parse::<f64>().map(Value::from))
            .unwrap_or(Value::Null),
        _ => Value::Null,
    }
}

fn replace(arguments: &[&Value]) -> Value {
    let [text, from, to] = [0, 1, 2].map(|index| as_text(arguments[index]));
    text.replace(&*from, &to).into()
}

fn prefix(arguments: &[&Value]) -> Option<String> {
    let length = usize::try_from(arguments[1].as_u64()?).ok()?;
    Some(arguments[0].as_str()?.chars().take(length).collect())
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.len(),
        Value::Object(fields) => fields.len(),
        Value::String(text) => text.chars().count(),
        _ => 0,
    }
}

fn sorted_by(arguments: &[&Value]) -> Value {
    let mut items = arguments[0].as_array().cloned().unwrap_or_default();
    let field = arguments[1].as_str().unwrap_or_default();
    items.sort_by_key(|item| {
        let value = item.get(field).and_then(Value::as_str).map(str::to_owned);
        (value.is_none(), value)
    });
    items.into()
}

fn condition(object: &Value, kind: &str) -> Value {
    let conditions = object
        .get("status")
        .and_then(|status| status.get("conditions")?.as_array());
    let mut conditions = conditions.into_iter().flatten();
    conditions
        .find(|condition| condition.get("type").and_then(Value::as_str) == Some(kind))
        .cloned()
        .unwrap_or_default()
}
