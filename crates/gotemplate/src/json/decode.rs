//! Reads JSON as `encoding/json` does, with its error texts.

use super::JsonError;
use crate::exec::{Context, stacked};
use crate::text::{quote, rune};
use crate::value::{Map, Str, Value};

/// How deep `encoding/json` reads.
const DEEPEST: usize = 10_000;

const IN_STRING: &str = "in string literal";

/// Reads a whole text.
pub(crate) fn decode(context: &Context<'_>, text: &[u8]) -> Result<Value, JsonError> {
    let mut decoder = Decoder { text, at: 0, context };
    let value = decoder.value(0)?;
    decoder.skip_space();
    match decoder.peek() {
        Some(_) => Err(decoder.invalid("after top-level value")),
        None => Ok(value),
    }
}

struct Decoder<'t> {
    text: &'t [u8],
    at: usize,
    context: &'t Context<'t>,
}

type Decoded<T> = Result<T, JsonError>;

impl Decoder<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// An error about the byte at hand, or about the end, which Go takes for a space where a space is wrong.
    fn invalid(&self, context: &str) -> JsonError {
        let in_token =
            context.starts_with("in ") && context != IN_STRING || context.contains("decimal point");
        if self.peek().is_none() && !in_token {
            return JsonError::Syntax("unexpected end of JSON input".to_owned());
        }
        let byte = self.peek().unwrap_or(b' ');
        let shown = match byte {
            b'\'' => "'\\''".to_owned(),
            b'"' => "'\"'".to_owned(),
            _ => {
                let text = char::from(byte).to_string();
                let quoted = quote::quoted(text.as_bytes());
                format!("'{}'", &quoted[1..quoted.len() - 1])
            }
        };
        JsonError::Syntax(format!("invalid character {shown} {context}"))
    }

    fn value(&mut self, depth: usize) -> Decoded<Value> {
        self.context.spend(1)?;
        if depth > DEEPEST {
            return Err(JsonError::Syntax("exceeded max depth".to_owned()));
        }
        self.skip_space();
        match self.peek() {
            Some(b'{') => stacked(|| self.object(depth)),
            Some(b'[') => stacked(|| self.array(depth)),
            Some(b'"') => self.string().map(Value::Str),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Nil),
            _ => Err(self.invalid("looking for beginning of value")),
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Decoded<Value> {
        for expected in word.chars() {
            if self.peek() != Some(expected as u8) {
                return Err(self.invalid(&format!("in literal {word} (expecting '{expected}')")));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Decoded<Value> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(items.into());
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items.into());
                }
                _ => return Err(self.invalid("after array element")),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Decoded<Value> {
        self.at += 1;
        let map = Map::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(map.into());
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.invalid("looking for beginning of object key string"));
            }
            let key = self.string()?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.invalid("after object key"));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            map.insert(key, value);
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(map.into());
                }
                _ => return Err(self.invalid("after object key:value pair")),
            }
        }
    }

    fn number(&mut self) -> Decoded<Value> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.invalid("in numeric literal")),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.invalid("after decimal point in numeric literal"));
            }
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.invalid("in exponent of numeric literal"));
            }
            self.digits();
        }
        let text = String::from_utf8_lossy(&self.text[start..self.at]);
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Float(number)),
            _ => Err(JsonError::Syntax(format!(
                "json: cannot unmarshal number {text} into Go value of type float64"
            ))),
        }
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Decoded<Str> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                None | Some(0..0x20) => return Err(self.invalid(IN_STRING)),
                Some(_) => {
                    let (rune, width) = rune::decode(&self.text[self.at..]).unwrap_or(('\u{fffd}', 1));
                    out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
                    self.at += width;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Decoded<()> {
        let byte = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => byte,
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'u') => {
                self.at += 1;
                let rune = self.unicode_escape()?;
                out.extend_from_slice(rune.encode_utf8(&mut [0; 4]).as_bytes());
                return Ok(());
            }
            _ => return Err(self.invalid("in string escape code")),
        };
        self.at += 1;
        out.push(byte);
        Ok(())
    }

    /// A code unit, with its partner if it is the first half of a pair; a lone half is U+FFFD.
    fn unicode_escape(&mut self) -> Decoded<char> {
        let unit = self.code_unit()?;
        let is_first_half = (0xD800..0xDC00).contains(&unit);
        if is_first_half && self.text[self.at..].starts_with(b"\\u") {
            let back = self.at;
            self.at += 2;
            let second = self.code_unit()?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn code_unit(&mut self) -> Decoded<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return Err(self.invalid("in \\u hexadecimal character escape"));
            };
            unit = unit * 16 + digit;
            self.at += 1;
        }
        Ok(unit)
    }
}
