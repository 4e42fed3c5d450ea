//! What follows the `=` of an assignment.

use gotemplate::Value;

use super::error::SetError;
use super::{Parser, SetForm, Stop};

impl Parser<'_> {
    /// The value of an assignment; nothing where the text is over.
    pub(super) fn value(&mut self) -> Result<Option<Value>, Stop> {
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
