//! Secret values that can be told from everything else.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Values that must never be seen.
#[derive(Debug)]
pub(crate) struct Planted {
    values: Vec<String>,
}

impl Planted {
    /// `count` values, each unlike any word of a manifest or a message.
    pub(crate) fn new(count: usize) -> Self {
        // a fixed mixture: the values must differ from each other, not from run to run
        let value = |index: usize| {
            format!(
                "pl4nt3d-{:016x}",
                (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
            )
        };
        Self {
            values: (0..count).map(value).collect(),
        }
    }

    /// The values from `begin` on, so many.
    pub(crate) fn slice(&self, begin: usize, count: usize) -> &[String] {
        &self.values[begin..begin + count]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Those that `bytes` hold, as they are or encoded in base64.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> BTreeSet<String> {
        let text = String::from_utf8_lossy(bytes);
        let seen = |value: &&String| {
            text.contains(value.as_str()) || text.contains(base64(value).trim_end_matches('='))
        };
        self.values.iter().filter(seen).cloned().collect()
    }
}

/// Base64 as a Secret's `data` holds it.
pub(crate) fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for index in 0..4 {
            let symbol = ALPHABET[(bits >> (18 - 6 * index)) as usize & 63] as char;
            encoded.push(if index <= chunk.len() { symbol } else { '=' });
        }
    }
    encoded
}

/// A Secret's manifest: half of the values in `stringData`, half encoded in `data`.
pub(crate) fn secret(name: &str, namespace: &str, values: &[String]) -> String {
    let mut text = format!(
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {name}\n  namespace: {namespace}\nstringData:\n"
    );
    let (plain, encoded) = values.split_at(values.len() / 2);
    for (index, value) in plain.iter().enumerate() {
        let _ = writeln!(text, "  plain-{index}: {value}");
    }
    text.push_str("data:\n");
    for (index, value) in encoded.iter().enumerate() {
        let _ = writeln!(text, "  encoded-{index}: {}", base64(value));
    }
    text
}

#[test]
fn values_are_found_in_both_forms() {
    let planted = Planted::new(3);
    let text = secret("s", "n", planted.slice(0, 2));
    assert_eq!(planted.found_in(text.as_bytes()).len(), 2);
    assert_eq!(base64("pl4nt3d"), "cGw0bnQzZA==");
}
