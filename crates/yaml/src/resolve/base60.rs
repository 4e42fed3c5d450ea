/// Whether a text is a number in base 60, as YAML 1.1 has them (`12:30:45`): read as text, but written in quotes.
pub(crate) fn is_base60(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    if !first.starts_with(|digit: char| digit.is_ascii_digit()) || !is_digits(first) || !is_digits(fraction) {
        return false;
    }
    let mut count = 0;
    for part in parts {
        let valid = match part.as_bytes() {
            [unit] => unit.is_ascii_digit(),
            [ten, unit] => matches!(ten, b'0'..=b'5') && unit.is_ascii_digit(),
            _ => false,
        };
        if !valid {
            return false;
        }
        count += 1;
    }
    count > 0
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}
