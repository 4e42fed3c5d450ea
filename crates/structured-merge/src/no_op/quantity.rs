//! Quantities as Kubernetes writes them, as far as telling whether two texts mean the same number.

use serde_json::Value;

/// Whether a number or text means the same quantity as a text. Texts that are no quantities never do.
pub(crate) fn same_quantity(a: &Value, b: &str) -> bool {
    let number;
    let a = match a {
        Value::String(text) => text,
        Value::Number(value) => {
            number = value.to_string();
            &number
        }
        _ => return false,
    };
    matches!((Quantity::read(a), Quantity::read(b)), (Some(a), Some(b)) if a == b)
}

/// `digits * 10^decimal * 2^binary`, in lowest terms: equal quantities are equal values.
#[derive(PartialEq, Eq)]
struct Quantity {
    negative: bool,
    digits: u128,
    decimal: i32,
}

impl Quantity {
    fn read(text: &str) -> Option<Self> {
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-')))
            .unwrap_or(text.len());
        let (number, suffix) = text.split_at(end);
        let negative = number.starts_with('-');
        let number = number.strip_prefix(['+', '-']).unwrap_or(number);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.len() + fraction.len() == 0 {
            return None;
        }
        let (decimal, binary) = scale(suffix)?;
        let mut digits: u128 = format!("{whole}{fraction}").parse().ok()?;
        digits = digits.checked_mul(1 << binary)?;
        let mut decimal = decimal.checked_sub(i32::try_from(fraction.len()).ok()?)?;
        while digits != 0 && digits.is_multiple_of(10) {
            digits /= 10;
            decimal += 1;
        }
        if digits == 0 {
            decimal = 0;
        }
        Some(Self {
            negative: negative && digits != 0,
            digits,
            decimal,
        })
    }
}

/// Powers of ten and of two that a suffix stands for.
fn scale(suffix: &str) -> Option<(i32, u32)> {
    const SUFFIXES: [(&str, i32, u32); 16] = [
        ("", 0, 0),
        ("n", -9, 0),
        ("u", -6, 0),
        ("m", -3, 0),
        ("k", 3, 0),
        ("M", 6, 0),
        ("G", 9, 0),
        ("T", 12, 0),
        ("P", 15, 0),
        ("E", 18, 0),
        ("Ki", 0, 10),
        ("Mi", 0, 20),
        ("Gi", 0, 30),
        ("Ti", 0, 40),
        ("Pi", 0, 50),
        ("Ei", 0, 60),
    ];
    if let Some((_, decimal, binary)) = SUFFIXES.iter().find(|(name, _, _)| *name == suffix) {
        return Some((*decimal, *binary));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    Some((exponent.parse().ok()?, 0))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_quantities_written_differently() {
        for (a, b) in [
            ("0.1", "100m"),
            ("1024Mi", "1Gi"),
            ("1e3", "1k"),
            ("0", "0m"),
            ("1.50", "1500m"),
            ("-1", "-1000m"),
        ] {
            assert!(same_quantity(&json!(a), b), "{a} is {b}");
        }
        assert!(same_quantity(&json!(2), "2"));
    }

    #[test]
    fn other_texts_are_no_quantities() {
        for (a, b) in [
            ("1Gi", "1G"),
            ("nginx", "nginx2"),
            ("1.2.3", "1.2.30"),
            ("", "0"),
            ("1", "-1"),
        ] {
            assert!(!same_quantity(&json!(a), b), "{a} is not {b}");
        }
    }
}
