//! The grammar of `--set` and its four relatives.

use gotemplate::{List, Map, Value, quote};

/// The greatest index that a list may have.
const MAX_INDEX: i64 = 65_536;
/// How deep names may nest.
const MAX_NAMES: usize = 30;
/// How deep lists may nest directly within each other; Helm has no such bound.
const MAX_LISTS: usize = 500;

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

/// Why an assignment cannot be read; in Helm's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// The text ends within a name.
    #[error("key {0} has no value")]
    NoValue(String),
    /// A comma ends a name.
    #[error("key {0} has no value (cannot end with ,)")]
    EndsWithComma(String),
    /// A dot is followed by nothing that can be set.
    #[error("key map {0} has no value")]
    EmptyTable(String),
    /// Too many dots.
    #[error("value name nested level is greater than maximum supported nested level of {MAX_NAMES}")]
    TooDeep,
    /// Too many indexes behind each other.
    #[error("value index nested level is greater than maximum supported nested level of {MAX_LISTS}")]
    TooManyIndexes,
    /// An index is no number.
    #[error("error parsing index: strconv.Atoi: parsing {text}: {reason}")]
    BadIndex {
        /// What stands between the brackets, quoted.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An index is below zero.
    #[error("negative {0} index not allowed")]
    NegativeIndex(i64),
    /// An index is too great.
    #[error("index of {0} is greater than maximum supported index of {MAX_INDEX}")]
    IndexTooGreat(i64),
    /// Something stands between `]` and what may follow it.
    #[error("unexpected data at end of array index: [{0}]")]
    AfterIndex(String),
    /// `{` without `}`.
    #[error("list must terminate with '}}'")]
    OpenList,
    /// A table or a list is wanted where another value stands.
    #[error("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}")]
    WrongType {
        /// Go's name of the type that is there.
        found: String,
        /// Go's name of the type that is wanted.
        wanted: &'static str,
    },
    /// The value is not JSON.
    #[error("{0}")]
    Json(String),
    /// The file of a value cannot be read.
    #[error("{0}")]
    File(String),
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

    /// The value of an assignment; nothing where the text is over.
    fn value(&mut self) -> Result<Option<Value>, Stop> {
        match self.form {
            SetForm::Literal => Ok(Some(std::mem::take(&mut self.rest).into())),
            SetForm::Json => Ok(Some(self.json()?)),
            _ if self.rest.is_empty() => Ok(None),
            _ if self.rest.starts_with('{') => self.list().map(Some),
            _ => {
                let (text, _) = self.until(",");
                Ok(Some(self.scalar(text)?))
            }
        }
    }

    fn list(&mut self) -> Result<Value, Stop> {
        self.next();
        let mut items = Vec::new();
        loop {
            let (text, stop) = self.until(",}");
            if stop.is_none() {
                return Err(SetError::OpenList.into());
            }
            items.push(self.scalar(text)?);
            if stop == Some('}') {
                self.rest = self.rest.strip_prefix(',').unwrap_or(self.rest);
                return Ok(items.into());
            }
        }
    }

    fn scalar(&self, text: String) -> Result<Value, SetError> {
        match self.form {
            SetForm::File(read) => read(&text).map_err(SetError::File),
            SetForm::Typed => Ok(typed(text)),
            SetForm::Text | SetForm::Literal | SetForm::Json => Ok(text.into()),
        }
    }

    fn json(&mut self) -> Result<Value, SetError> {
        if self.skip_to_value() {
            return Ok(Value::Nil);
        }
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<serde_json::Value>();
        let value = match values.next() {
            Some(Ok(value)) => Value::from_json(&value),
            Some(Err(error)) => return Err(SetError::Json(error.to_string())),
            None => Value::Nil,
        };
        let read = values.byte_offset();
        self.rest = &self.rest[read..];
        self.skip_to_value();
        Ok(value)
    }

    /// Skips white space, and the comma behind it; says whether there was no value before the comma or the end.
    fn skip_to_value(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return true;
        }
        self.rest.is_empty()
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

/// What a text of `--set` means.
fn typed(text: String) -> Value {
    if text.eq_ignore_ascii_case("true") {
        Value::Bool(true)
    } else if text.eq_ignore_ascii_case("false") {
        Value::Bool(false)
    } else if text.eq_ignore_ascii_case("null") {
        Value::Nil
    } else if text == "0" {
        Value::Int64(0)
    } else if let (false, Ok(int)) = (text.starts_with('0'), text.parse()) {
        Value::Int64(int)
    } else {
        text.into()
    }
}

#[cfg(test)]
pub(super) mod tests;
