//! A small generator of which each run is the same, and what is made of it.

use serde_json::{Map, Value, json};

/// Numbers by xorshift.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((self.next() >> 11) % bound.max(1) as u64) as usize
    }

    /// True in so many of a hundred.
    pub(crate) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// An object made from a template. Of its fields some are left out, changed, null or empty. A name that ends in
    /// `!` is there as it is; one that ends in `+` is there, and what is below it varies.
    pub(crate) fn vary(&mut self, template: &Value) -> Value {
        match template {
            Value::Object(fields) => Value::Object(self.vary_fields(fields)),
            Value::Array(items) => {
                let mut varied: Vec<Value> = Vec::new();
                for item in items {
                    if !self.percent(25) {
                        varied.push(self.vary(item));
                    }
                }
                if self.percent(8) {
                    varied.reverse();
                }
                if self.percent(1) && !varied.is_empty() {
                    varied.push(varied[0].clone());
                }
                Value::Array(varied)
            }
            scalar => self.vary_scalar(scalar),
        }
    }

    fn vary_fields(&mut self, fields: &Map<String, Value>) -> Map<String, Value> {
        let mut varied = Map::new();
        for (name, value) in fields {
            if let Some(name) = name.strip_suffix('!') {
                varied.insert(name.to_owned(), as_it_is(value));
            } else if let Some(name) = name.strip_suffix('+') {
                varied.insert(name.to_owned(), self.vary(value));
            } else if self.percent(1) {
                let nothing = [Value::Null, json!({}), json!([])];
                varied.insert(name.clone(), self.pick(&nothing).clone());
            } else if !self.percent(40) {
                varied.insert(name.clone(), self.vary(value));
            }
        }
        varied
    }

    fn vary_scalar(&mut self, scalar: &Value) -> Value {
        if !self.percent(25) {
            return scalar.clone();
        }
        match scalar {
            Value::Bool(flag) => json!(!flag),
            Value::Number(number) if number.is_i64() => {
                json!(number.as_i64().unwrap_or_default() + self.below(3) as i64)
            }
            Value::String(text) => self.vary_text(text),
            other => other.clone(),
        }
    }

    fn vary_text(&mut self, text: &str) -> Value {
        const QUANTITIES: [&str; 6] = ["500m", "0.5", "128Mi", "134217728", "1", "1000m"];
        if QUANTITIES.contains(&text) {
            return json!(self.pick(&QUANTITIES));
        }
        json!(format!("{text}{}", self.pick(&["", "x", "2"])))
    }
}

/// A part of a template without the marks.
fn as_it_is(template: &Value) -> Value {
    match template {
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.trim_end_matches(['!', '+']).to_owned(), as_it_is(value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.iter().map(as_it_is).collect(),
        scalar => scalar.clone(),
    }
}
