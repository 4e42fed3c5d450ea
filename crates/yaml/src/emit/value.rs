use serde_json::{Map, Number, Value};

use super::{Emitter, Style, sort_keys};
use crate::resolve::json_number;
use crate::{Node, Scalar, Tag};

/// The value as go-yaml v2 prints it: keys in its order, two spaces, folded at 80 columns, a final newline.
pub fn to_string(value: &Value) -> String {
    let mut text = String::new();
    append(&mut text, value, Style::Compact);
    text
}

/// The value as Helm's `toYamlPretty` prints it: go-yaml v3 with an indent of 2, nothing folded.
pub fn to_pretty_string(value: &Value) -> String {
    let mut text = String::new();
    append(&mut text, value, Style::Pretty);
    text
}

/// Appends the value as one document; `text` must be empty or end with a line break.
pub fn append(text: &mut String, value: &Value, style: Style) {
    let mut emitter = Emitter::new(text, style);
    emitter.value(value);
    emitter.finish();
}

/// Appends a node as [`append`] does its value.
pub fn append_node(text: &mut String, node: &Node, style: Style) {
    let mut emitter = Emitter::new(text, style);
    emitter.node(node);
    emitter.finish();
}

impl Emitter<'_> {
    /// A whole value. Its numbers are written as if they had come through Go's JSON: `1.0` is `1`.
    pub fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.null(),
            Value::Bool(value) => self.boolean(*value),
            Value::Number(number) => self.number(number),
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                self.begin_sequence(items.len());
                for item in items {
                    self.value(item);
                }
                self.end();
            }
            Value::Object(entries) => self.object(entries),
        }
    }

    fn object(&mut self, entries: &Map<String, Value>) {
        let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
        sort_keys(&mut entries, self.style, |(key, _)| key);
        self.begin_mapping(entries.len());
        for (key, value) in entries {
            self.string(key);
            self.value(value);
        }
        self.end();
    }

    /// A whole node, as its value is written: keys are sorted, numbers and timestamps have their one form.
    pub fn node(&mut self, node: &Node) {
        match node {
            Node::Scalar(scalar) => self.node_scalar(scalar),
            Node::Sequence(items) => {
                self.begin_sequence(items.len());
                for item in items {
                    self.node(item);
                }
                self.end();
            }
            Node::Mapping(entries) => {
                let mut entries: Vec<(&str, &Node)> = entries
                    .iter()
                    .map(|(key, node)| (key.text.as_str(), node))
                    .collect();
                // first by bytes, so that the order in which keys were written makes no difference
                entries.sort_by_key(|(key, _)| *key);
                sort_keys(&mut entries, self.style, |(key, _)| key);
                self.begin_mapping(entries.len());
                for (key, node) in entries {
                    self.string(key);
                    self.node(node);
                }
                self.end();
            }
        }
    }

    fn node_scalar(&mut self, scalar: &Scalar) {
        match scalar.tag {
            Tag::Str => self.string(&scalar.text),
            _ => self.value(&scalar.clone().into_value()),
        }
    }

    fn number(&mut self, number: &Number) {
        if let Some(integer) = number.as_i64() {
            return self.integer(integer);
        }
        if let Some(integer) = number.as_u64() {
            return self.unsigned(integer);
        }
        let float = number.as_f64().unwrap_or(f64::NAN);
        match json_number(float) {
            Some(number) if !number.is_f64() => self.number(&number),
            _ => self.float(float),
        }
    }
}
