//! Values as Go's `%#v` shows them, which is how go-yaml names a key that is no key.

use super::key::Key;
use super::tree::{Kind, Tree};
use crate::Reader;
use crate::float::general;
use crate::resolve::resolve;

/// How much of a value is shown.
const MAX_LENGTH: usize = 4096;

/// A node as Go shows the value that it decodes to.
pub(super) fn go_syntax(tree: &Tree<'_>, number: usize, reader: Reader) -> String {
    let mut shown = String::new();
    Printer { tree, reader }.value(number, &mut shown, 0);
    shown
}

struct Printer<'t, 'a> {
    tree: &'t Tree<'a>,
    reader: Reader,
}

impl Printer<'_, '_> {
    fn value(&self, number: usize, shown: &mut String, depth: usize) {
        if shown.len() > MAX_LENGTH || depth > 100 {
            return;
        }
        let node = self.tree.node(number);
        match &node.kind {
            Kind::Alias { target, .. } => self.value(*target, shown, depth + 1),
            Kind::Scalar { .. } => match self.key(number) {
                Key::Null if depth > 0 => shown.push_str("interface {}(nil)"),
                key => shown.push_str(&key.go_syntax()),
            },
            Kind::Sequence { items, .. } => {
                shown.push_str("[]interface {}{");
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        shown.push_str(", ");
                    }
                    self.value(*item, shown, depth + 1);
                }
                shown.push('}');
            }
            Kind::Mapping { children, .. } => self.mapping(children, shown, depth),
        }
    }

    fn mapping(&self, children: &[usize], shown: &mut String, depth: usize) {
        let mut entries: Vec<(String, usize)> = Vec::new();
        let mut strings = self.reader == Reader::V3;
        for pair in children.chunks_exact(2) {
            let mut key = String::new();
            self.value(pair[0], &mut key, depth + 1);
            strings &= key.starts_with('"');
            entries.push((key, pair[1]));
        }
        entries.sort();
        let key_type = if strings { "string" } else { "interface {}" };
        shown.push_str("map[");
        shown.push_str(key_type);
        shown.push_str("]interface {}{");
        for (index, (key, value)) in entries.iter().enumerate() {
            if index > 0 {
                shown.push_str(", ");
            }
            shown.push_str(key);
            shown.push(':');
            self.value(*value, shown, depth + 1);
        }
        shown.push('}');
    }

    fn key(&self, number: usize) -> Key {
        let node = self.tree.node(number);
        match &node.kind {
            Kind::Scalar { value, style } => resolve(self.reader, node.tag.as_deref(), *style, value)
                .map_or(Key::Null, |resolved| Key::of(resolved, value)),
            _ => Key::Null,
        }
    }
}

impl Key {
    pub(super) fn go_syntax(&self) -> String {
        match self {
            Self::Null => "<nil>".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Int(value) => value.to_string(),
            Self::Uint(value) => format!("{value:#x}"),
            Self::Float(bits) => general(f64::from_bits(*bits)),
            Self::Text(text) => quote(text),
        }
    }
}

/// Go's `strconv.Quote`.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            character if (character as u32) < 0x20 || character as u32 == 0x7F => {
                quoted.extend(["\\x", &format!("{:02x}", character as u32)]);
            }
            // what Rust would not show as it is, Go does not either
            character if character.escape_debug().len() > 1 && character != '\'' => {
                quoted.extend(["\\u", &format!("{:04x}", character as u32)]);
            }
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
