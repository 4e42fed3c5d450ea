//! Prints values by a verb.

use super::flags::Flags;
use super::number;
use crate::exec::{Context, LimitError, VALUE_DEPTH, stacked};
use crate::text::quote;
use crate::value::{Kind, List, Map, Object, Value};

/// Prints into a buffer, up to the longest text that the render allows.
pub(super) struct Printer<'c> {
    pub(super) out: Vec<u8>,
    pub(super) flags: Flags,
    context: &'c Context<'c>,
    failure: Option<LimitError>,
    /// Whether the text of a wrong verb is being printed.
    erring: bool,
}

impl<'c> Printer<'c> {
    pub(super) fn new(context: &'c Context<'c>) -> Self {
        Self {
            out: Vec::new(),
            flags: Flags::default(),
            context,
            failure: None,
            erring: false,
        }
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, LimitError> {
        match self.failure {
            Some(failure) => Err(failure),
            None if self.out.len() > self.context.limits().text => {
                Err(LimitError::Text(self.context.limits().text))
            }
            None => Ok(self.out),
        }
    }

    /// Whether printing must go on.
    fn may_go_on(&mut self, depth: usize) -> bool {
        if self.failure.is_none() {
            self.failure = if depth > VALUE_DEPTH {
                Some(LimitError::Nesting(VALUE_DEPTH))
            } else if self.out.len() > self.context.limits().text {
                Some(LimitError::Text(self.context.limits().text))
            } else {
                self.context.spend(1).err()
            };
        }
        self.failure.is_none()
    }

    /// An operand of a print function.
    pub(super) fn argument(&mut self, value: &Value, verb: char) {
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.flags.pad(&mut self.out, b"<nil>"),
            (Value::Nil, _) => self.bad_verb(value, verb),
            (_, 'T') => {
                let name = value.type_name();
                self.text(name.as_bytes());
            }
            (_, 'p') => self.pointer(value),
            _ => self.value(value, verb, 0),
        }
    }

    /// `%!verb(type=value)`
    fn bad_verb(&mut self, value: &Value, verb: char) {
        self.out.extend_from_slice(b"%!");
        self.out
            .extend_from_slice(verb.encode_utf8(&mut [0; 4]).as_bytes());
        self.out.push(b'(');
        if matches!(value, Value::Nil) {
            self.out.extend_from_slice(b"<nil>");
        } else {
            self.out.extend_from_slice(value.type_name().as_bytes());
            self.out.push(b'=');
            let erring = std::mem::replace(&mut self.erring, true);
            self.value(value, 'v', 0);
            self.erring = erring;
        }
        self.out.push(b')');
    }

    fn value(&mut self, value: &Value, verb: char, depth: usize) {
        match value {
            Value::Nil if self.flags.sharp_v => self.out.extend_from_slice(b"interface {}(nil)"),
            Value::Nil => self.out.extend_from_slice(b"<nil>"),
            Value::Bool(b) if matches!(verb, 't' | 'v') => {
                self.flags.pad(&mut self.out, if *b { b"true" } else { b"false" });
            }
            Value::Int(i) | Value::Int64(i) => self.integer(value, i.unsigned_abs(), *i < 0, verb),
            Value::Uint8(u) => self.unsigned(value, u64::from(*u), verb),
            Value::Uint64(u) => self.unsigned(value, *u, verb),
            Value::Float(f) => self.float(value, *f, verb),
            Value::Complex(real, imaginary) => self.complex(value, *real, *imaginary, verb),
            Value::Str(text) => self.string(value, text, verb),
            Value::Bytes(bytes) => self.bytes(value, bytes, verb),
            Value::List(list) if self.may_go_on(depth) => stacked(|| self.list(list, value, verb, depth)),
            Value::Map(map) if self.may_go_on(depth) => stacked(|| self.map(map, value, verb, depth)),
            Value::Object(object) if self.may_go_on(depth) => {
                stacked(|| self.object(&**object, value, verb, depth));
            }
            Value::List(_) | Value::Map(_) | Value::Object(_) => {}
            Value::Function(_) => self.pointer(value),
            Value::Bool(_) => self.bad_verb(value, verb),
        }
    }

    fn integer(&mut self, value: &Value, magnitude: u64, negative: bool, verb: char) {
        let code = if negative { u64::MAX } else { magnitude };
        match verb {
            'v' | 'd' | 'b' | 'o' | 'O' | 'x' | 'X' => {
                number::integer(&self.flags, &mut self.out, magnitude, negative, verb);
            }
            'c' => number::character(&self.flags, &mut self.out, code),
            'q' => number::quoted_character(&self.flags, &mut self.out, code),
            'U' => {
                let code = if negative {
                    magnitude.wrapping_neg()
                } else {
                    magnitude
                };
                number::unicode(&self.flags, &mut self.out, code);
            }
            _ => self.bad_verb(value, verb),
        }
    }

    fn unsigned(&mut self, value: &Value, magnitude: u64, verb: char) {
        if verb == 'v' && self.flags.sharp_v {
            let flags = Flags {
                sharp: true,
                ..self.flags
            };
            number::integer(&flags, &mut self.out, magnitude, false, 'x');
        } else {
            self.integer(value, magnitude, false, verb);
        }
    }

    fn float(&mut self, value: &Value, float: f64, verb: char) {
        let (verb, precision) = match verb {
            'v' => (b'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb as u8, None),
            'f' | 'e' | 'E' => (verb as u8, Some(6)),
            'F' => (b'f', Some(6)),
            _ => return self.bad_verb(value, verb),
        };
        number::float(&self.flags, &mut self.out, float, verb, precision);
    }

    fn complex(&mut self, value: &Value, real: f64, imaginary: f64, verb: char) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(value, verb);
        }
        let plus = self.flags.plus;
        self.out.push(b'(');
        self.float(value, real, verb);
        self.flags.plus = true;
        self.float(value, imaginary, verb);
        self.flags.plus = plus;
        self.out.extend_from_slice(b"i)");
    }

    fn text(&mut self, text: &[u8]) {
        let text = self.flags.truncate(text);
        self.flags.pad(&mut self.out, text);
    }

    fn string(&mut self, value: &Value, text: &[u8], verb: char) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => self.text(text),
            'x' | 'X' => self.hexadecimal(text, verb),
            'q' => self.quoted(text),
            _ => self.bad_verb(value, verb),
        }
    }

    fn quoted(&mut self, text: &[u8]) {
        let text = self.flags.truncate(text);
        let mut out = Vec::with_capacity(text.len() + 2);
        if self.flags.sharp && quote::can_backquote(text) {
            out.push(b'`');
            out.extend_from_slice(text);
            out.push(b'`');
        } else {
            quote::quote(&mut out, text, self.flags.plus);
        }
        self.flags.pad(&mut self.out, &out);
    }

    /// Bytes as hexadecimal digits.
    fn hexadecimal(&mut self, text: &[u8], verb: char) {
        let text = &text[..self.flags.precision.unwrap_or(text.len()).min(text.len())];
        let upper = verb == 'X';
        let prefix = match (self.flags.sharp, upper) {
            (false, _) => "",
            (true, false) => "0x",
            (true, true) => "0X",
        };
        let mut out = String::with_capacity(2 * text.len());
        for (at, byte) in text.iter().enumerate() {
            if at > 0 && self.flags.space {
                out.push(' ');
            }
            if at == 0 || self.flags.space {
                out.push_str(prefix);
            }
            let digit = |nibble: u8| {
                let digit = char::from_digit(u32::from(nibble), 16).unwrap_or_default();
                if upper { digit.to_ascii_uppercase() } else { digit }
            };
            out.extend([digit(byte >> 4), digit(byte & 15)]);
        }
        self.flags.pad(&mut self.out, out.as_bytes());
    }

    fn bytes(&mut self, value: &Value, bytes: &[u8], verb: char) {
        match verb {
            's' => self.text(bytes),
            'x' | 'X' => self.hexadecimal(bytes, verb),
            'q' => self.quoted(bytes),
            'v' | 'd' if self.flags.sharp_v => {
                let items: Vec<String> = bytes.iter().map(|byte| format!("{byte:#x}")).collect();
                self.out
                    .extend_from_slice(format!("[]byte{{{}}}", items.join(", ")).as_bytes());
            }
            'p' | 'T' => self.bad_verb(value, verb),
            _ => {
                self.out.push(b'[');
                for (at, byte) in bytes.iter().enumerate() {
                    if at > 0 {
                        self.out.push(b' ');
                    }
                    self.unsigned(&Value::Uint8(*byte), u64::from(*byte), verb);
                }
                self.out.push(b']');
            }
        }
    }

    fn separator(&mut self, at: usize) {
        if at > 0 {
            self.out
                .extend_from_slice(if self.flags.sharp_v { b", " } else { b" " });
        }
    }

    /// The type's name before a composite of `%#v`; true if nothing follows because it is nil.
    fn open(&mut self, value: &Value, plain: &[u8]) -> bool {
        if !self.flags.sharp_v {
            self.out.extend_from_slice(plain);
            return false;
        }
        self.out.extend_from_slice(value.type_name().as_bytes());
        if value.is_nil() {
            self.out.extend_from_slice(b"(nil)");
            return true;
        }
        self.out.push(b'{');
        false
    }

    fn list(&mut self, list: &List, value: &Value, verb: char, depth: usize) {
        if verb == 'w' {
            return self.bad_verb(value, verb);
        }
        if self.open(value, b"[") {
            return;
        }
        for (at, item) in list.items().iter().enumerate() {
            self.separator(at);
            self.value(item, verb, depth + 1);
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn map(&mut self, map: &Map, value: &Value, verb: char, depth: usize) {
        if verb == 'w' {
            return self.bad_verb(value, verb);
        }
        if self.open(value, b"map[") {
            return;
        }
        for (at, (key, item)) in map.borrow().iter().flat_map(|entries| entries.iter()).enumerate() {
            self.separator(at);
            self.value(&Value::Str(key.clone()), verb, depth + 1);
            self.out.push(b':');
            self.value(item, verb, depth + 1);
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn object(&mut self, object: &dyn Object, value: &Value, verb: char, depth: usize) {
        let speaks = matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') && !self.flags.sharp_v && !self.erring;
        if speaks && let Some(text) = object.text() {
            return self.string(value, &text, verb);
        }
        if verb == 'w' {
            return self.bad_verb(value, verb);
        }
        if object.kind() == Kind::Pointer {
            self.out.push(b'&');
        }
        if self.flags.sharp_v {
            self.out
                .extend_from_slice(object.type_name().trim_start_matches('*').as_bytes());
        }
        self.out.push(b'{');
        for (at, (name, field)) in object.fields().iter().enumerate() {
            self.separator(at);
            if self.flags.plus_v || self.flags.sharp_v {
                self.out.extend_from_slice(name.as_bytes());
                self.out.push(b':');
            }
            self.value(field, verb, depth + 1);
        }
        self.out.push(b'}');
    }

    /// Addresses mean nothing here, and would differ from run to run.
    fn pointer(&mut self, value: &Value) {
        match value.kind() {
            Kind::Map | Kind::Slice | Kind::Func | Kind::Pointer => self.text(b"0xc000000000"),
            _ => self.bad_verb(value, 'p'),
        }
    }
}
