//! The grammar of `--set` and its four relatives.

mod error;
mod value;

use gotemplate::{List, Map, Value, quote};

pub use self::error::SetError;
use self::error::{MAX_INDEX, MAX_LISTS, MAX_NAMES};

/// What stands after the `=` of an assignment.
pub enum SetForm<'r> {
    /// `--set`: booleans, null and integers are told by their looks.
    Typed,
    /// `--set-string`: always text.
    Text,
    /// `--set-literal`: all that follows, as it is.
    Literal,
    /// `--set-json`: a JSON value.
    Json,
    /// `--set-file`: the path of a file, which the function reads.
    File(&'r dyn Fn(&str) -> Result<Value, String>),
}

/// Reads assignments and sets them in `values`; those before a mistake stay set.
pub fn set(values: &Map, text: &str, form: &SetForm<'_>) -> Result<(), SetError> {
    let mut parser = Parser { rest: text, form };
    loop {
        match parser.key(values, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Failed(error)) => return Err(error),
        }
    }
}

/// Why reading does not go on.
enum Stop {
    /// The text is over; what is incomplete is passed over.
    End,
    Failed(SetError),
}

impl From<SetError> for Stop {
    fn from(error: SetError) -> Self {
        Self::Failed(error)
    }
}

struct Parser<'a> {
    rest: &'a str,
    form: &'a SetForm<'a>,
}

impl Parser<'_> {
    fn is_literal(&self) -> bool {
        matches!(self.form, SetForm::Literal)
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next();
        self.rest = chars.as_str();
        next
    }

    /// The text up to one of `stops`, which is consumed, or to the end.
    fn until(&mut self, stops: &str) -> (String, Option<char>) {
        let mut text = String::new();
        while let Some(next) = self.next() {
            if stops.contains(next) {
                return (text, Some(next));
            }
            if next == '\\' && !self.is_literal() {
                match self.next() {
                    Some(escaped) => text.push(escaped),
                    None => break,
                }
            } else {
                text.push(next);
            }
        }
        (text, None)
    }

    fn key(&mut self, data: &Map, level: usize) -> Result<(), Stop> {
        let (key, stop) = self.until(if self.is_literal() { "=[." } else { "=[,." });
        match stop {
            Some('=') => self.assign(data, &key),
            Some('[') => self.element(data, &key, level),
            Some('.') => self.member(data, &key, level + 1),
            Some(_) => Err(SetError::EndsWithComma(quoted(&key)).into()),
            None if key.is_empty() => Err(Stop::End),
            None => Err(SetError::NoValue(quoted(&key)).into()),
        }
    }

    fn assign(&mut self, data: &Map, key: &str) -> Result<(), Stop> {
        let value = self.value()?;
        let ended = value.is_none();
        put(data, key, value.unwrap_or_else(|| "".into()));
        if ended { Err(Stop::End) } else { Ok(()) }
    }

    fn member(&mut self, data: &Map, key: &str, level: usize) -> Result<(), Stop> {
        if level > MAX_NAMES {
            return Err(SetError::TooDeep.into());
        }
        let inner = match data.get(key) {
            None => Map::new(),
            Some(Value::Map(map)) => map,
            Some(other) => return Err(wrong_type(&other, "map[string]interface {}")),
        };
        let result = self.key(&inner, level);
        if !inner.is_empty() {
            put(data, key, Value::Map(inner));
        } else if result.is_ok() {
            return Err(SetError::EmptyTable(quoted(key)).into());
        }
        result
    }

    fn element(&mut self, data: &Map, key: &str, level: usize) -> Result<(), Stop> {
        let index = self.index()?;
        let mut items = match data.get(key) {
            None => Vec::new(),
            Some(present) => items_of(&present)?,
        };
        let result = self.item(&mut items, index, level, 1);
        put(data, key, Value::List(List::from(items)));
        result
    }

    fn index(&mut self) -> Result<i64, Stop> {
        let (text, stop) = self.until("]");
        if stop.is_none() {
            return Err(Stop::End);
        }
        text.parse().map_err(|error: std::num::ParseIntError| {
            use std::num::IntErrorKind::{NegOverflow, PosOverflow};
            let out_of_range = matches!(error.kind(), PosOverflow | NegOverflow);
            Stop::Failed(SetError::BadIndex {
                text: quoted(&text),
                reason: if out_of_range {
                    "value out of range"
                } else {
                    "invalid syntax"
                },
            })
        })
    }

    /// What follows an index.
    fn item(&mut self, items: &mut Vec<Value>, index: i64, level: usize, lists: usize) -> Result<(), Stop> {
        if index < 0 {
            return Err(SetError::NegativeIndex(index).into());
        }
        if lists > MAX_LISTS {
            return Err(SetError::TooManyIndexes.into());
        }
        let (text, stop) = self.until("[.=");
        if !text.is_empty() {
            let runes: Vec<_> = text.chars().map(|rune| format!("{rune:?}")).collect();
            return Err(SetError::AfterIndex(runes.join(" ")).into());
        }
        let present = usize::try_from(index).ok().and_then(|at| items.get(at)).cloned();
        let value = match stop {
            None => return Err(Stop::End),
            Some('=') => self.value()?.unwrap_or_else(|| "".into()),
            Some('[') => {
                let next = self.index()?;
                let mut inner = match present {
                    None | Some(Value::Nil) => Vec::new(),
                    Some(present) => items_of(&present)?,
                };
                self.item(&mut inner, next, level, lists + 1)?;
                Value::List(List::from(inner))
            }
            Some(_) => {
                let inner = match present {
                    Some(Value::Map(map)) => map,
                    _ => Map::new(),
                };
                self.key(&inner, level)?;
                Value::Map(inner)
            }
        };
        Ok(put_item(items, index, value)?)
    }
}

fn quoted(key: &str) -> String {
    quote(key.as_bytes()).to_text().into_owned()
}

/// A nameless key is read but not set.
fn put(data: &Map, key: &str, value: Value) {
    if !key.is_empty() {
        data.insert(key, value);
    }
}

fn put_item(items: &mut Vec<Value>, index: i64, value: Value) -> Result<(), SetError> {
    if index > MAX_INDEX {
        return Err(SetError::IndexTooGreat(index));
    }
    let at = usize::try_from(index).map_err(|_| SetError::NegativeIndex(index))?;
    if items.len() <= at {
        items.resize(at + 1, Value::Nil);
    }
    items[at] = value;
    Ok(())
}

fn items_of(value: &Value) -> Result<Vec<Value>, Stop> {
    match value {
        Value::List(list) => Ok(list.items().to_vec()),
        other => Err(wrong_type(other, "[]interface {}")),
    }
}

fn wrong_type(found: &Value, wanted: &'static str) -> Stop {
    let found = match found {
        Value::Nil => "nil".to_owned(),
        other => other.type_name().into_owned(),
    };
    SetError::WrongType { found, wanted }.into()
}

#[cfg(test)]
pub(super) mod tests;
