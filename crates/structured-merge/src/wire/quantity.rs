//! Quantities as Kubernetes writes them.

use serde_json::Value;

/// Whether a number or text means the same quantity as a text. Texts that are no quantities never do.
pub(crate) fn same_quantity(a: &Value, b: &str) -> bool {
    matches!((Quantity::of(a), Quantity::read(b)), (Some(a), Some(b)) if a.amount() == b.amount())
}

/// How the server writes a quantity; `None` when the value is none.
pub(super) fn canonical(value: &Value) -> Option<String> {
    Quantity::of(value)?.canonical()
}

/// `digits * 10^decimal`, in lowest terms: equal amounts are equal values.
type Amount = (bool, u128, i32);

struct Quantity {
    negative: bool,
    digits: u128,
    decimal: i32,
    style: Style,
}

/// Which suffixes a quantity was written with, and is written with again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Decimal,
    Binary,
    Exponent,
}

impl Quantity {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::read(text),
            Value::Number(number) => Self::read(&number.to_string()),
            _ => None,
        }
    }

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
        let (decimal, binary, style) = scale(suffix)?;
        let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
        Some(Self {
            negative: negative && digits != 0,
            digits: digits.checked_mul(1 << binary)?,
            decimal: decimal.checked_sub(i32::try_from(fraction.len()).ok()?)?,
            style,
        })
    }

    fn amount(&self) -> Amount {
        let (mut digits, mut decimal) = (self.digits, self.decimal);
        while digits != 0 && digits.is_multiple_of(10) {
            digits /= 10;
            decimal += 1;
        }
        (self.negative, digits, if digits == 0 { 0 } else { decimal })
    }

    fn canonical(&self) -> Option<String> {
        let (negative, digits, decimal) = self.amount();
        let sign = if negative { "-" } else { "" };
        if self.style == Style::Binary {
            // rounded up to a whole number
            let whole = match u32::try_from(decimal) {
                Ok(power) => digits.checked_mul(10_u128.checked_pow(power)?)?,
                Err(_) => digits.div_ceil(10_u128.checked_pow(decimal.unsigned_abs())?),
            };
            if whole >= 1024 {
                let (mantissa, power) = factor(whole, 1024);
                return Some(format!("{sign}{mantissa}{}", BINARY.get(power)?));
            }
        }
        // no smaller than a nano
        let (digits, decimal) = if decimal < -9 {
            (
                digits.div_ceil(10_u128.checked_pow((-9 - decimal).unsigned_abs())?),
                -9,
            )
        } else {
            (digits, decimal)
        };
        let missing = decimal.rem_euclid(3).unsigned_abs();
        let (mantissa, power) = factor(digits.checked_mul(10_u128.pow(missing))?, 1000);
        let exponent = decimal - missing as i32 + 3 * power as i32;
        if digits == 0 {
            return Some("0".to_owned());
        }
        if self.style == Style::Exponent && exponent != 0 {
            return Some(format!("{sign}{mantissa}e{exponent}"));
        }
        let suffix = DECIMAL.iter().find(|(_, known)| *known == exponent)?.0;
        Some(format!("{sign}{mantissa}{suffix}"))
    }
}

/// Divides by `base` as long as nothing is lost.
fn factor(mut number: u128, base: u128) -> (u128, usize) {
    let mut power = 0;
    while number != 0 && number.is_multiple_of(base) {
        number /= base;
        power += 1;
    }
    (number, power)
}

const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

const DECIMAL: [(&str, i32); 10] = [
    ("", 0),
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

/// Powers of ten and of two that a suffix stands for.
fn scale(suffix: &str) -> Option<(i32, u32, Style)> {
    if let Some((_, decimal)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some((*decimal, 0, Style::Decimal));
    }
    if let Some(power) = BINARY.iter().position(|name| *name == suffix) {
        return Some((0, 10 * power as u32, Style::Binary));
    }
    let exponent = suffix.strip_prefix(['e', 'E'])?;
    Some((exponent.parse().ok()?, 0, Style::Exponent))
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

    #[test]
    fn quantities_are_written_as_the_server_writes_them() {
        let cases = [
            ("0.1", "100m"),
            ("1000m", "1"),
            ("1500m", "1500m"),
            ("1024Mi", "1Gi"),
            ("0.5Gi", "512Mi"),
            ("1.5Ki", "1536"),
            ("1000", "1k"),
            ("1e3", "1e3"),
            ("12e2", "1200"),
            ("0", "0"),
            ("-0.25", "-250m"),
            ("100Ki", "100Ki"),
            ("1.1", "1100m"),
        ];
        for (written, expected) in cases {
            assert_eq!(canonical(&json!(written)).as_deref(), Some(expected), "{written}");
        }
        assert_eq!(canonical(&json!(0.5)).as_deref(), Some("500m"));
        assert_eq!(canonical(&json!("lots")), None);
    }
}
