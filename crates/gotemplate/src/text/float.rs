//! `strconv.FormatFloat`.

/// Formats a float: verb `e`, `E`, `f`, `g`, `G`, `b`, `x` or `X`; without a precision, the fewest digits that
/// give the same float back.
pub(crate) fn format(value: f64, verb: u8, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value < 0.0 { "-Inf" } else { "+Inf" }.to_owned();
    }
    match verb {
        b'e' | b'E' => exponent_form(&Decimal::of(value, precision.map(|p| p + 1)), precision, verb),
        b'f' => match precision {
            Some(digits) => fixed(value, digits),
            None => format!("{value}"),
        },
        b'b' => binary_exponent(value),
        b'x' | b'X' => hexadecimal(value, precision, verb),
        _ => general(value, precision, verb),
    }
}

/// More digits than any float has, before its point and behind it: what is asked for beyond is zeros. The formatter of
/// the standard library refuses more than 65,535.
const MAX_DIGITS: usize = 1100;

fn fixed(value: f64, digits: usize) -> String {
    let exact = digits.min(MAX_DIGITS);
    format!("{value:.exact$}") + &"0".repeat(digits - exact)
}

/// Shortest form of `%v`.
pub fn shortest(value: f64) -> String {
    format(value, b'g', None)
}

/// Digits and decimal exponent of `0.d1d2d3… * 10^point`.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i32,
}

impl Decimal {
    /// All digits needed, or as many as are asked for.
    fn of(value: f64, digits: Option<usize>) -> Self {
        let text = match digits {
            Some(digits) => format!("{value:.*e}", digits.min(MAX_DIGITS).saturating_sub(1)),
            None => format!("{value:e}"),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        Self {
            negative: mantissa.starts_with('-'),
            digits: mantissa.bytes().filter(u8::is_ascii_digit).collect(),
            exponent: exponent.parse().unwrap_or_default(),
        }
    }
}

fn exponent_form(decimal: &Decimal, precision: Option<usize>, verb: u8) -> String {
    let mut out = String::new();
    if decimal.negative {
        out.push('-');
    }
    let (first, rest) = decimal.digits.split_first().unwrap_or((&b'0', &[]));
    out.push(*first as char);
    let fraction = precision.unwrap_or(rest.len());
    if fraction > 0 {
        out.push('.');
        out.extend(rest.iter().take(fraction).map(|&b| b as char));
        out.extend(std::iter::repeat_n('0', fraction.saturating_sub(rest.len())));
    }
    let sign = if decimal.exponent < 0 { '-' } else { '+' };
    format!(
        "{out}{}{sign}{:02}",
        verb as char,
        decimal.exponent.unsigned_abs()
    )
}

fn general(value: f64, precision: Option<usize>, verb: u8) -> String {
    let wanted = precision.map(|p| p.max(1));
    let mut decimal = Decimal::of(value, wanted);
    // trailing zeros do not count as digits of %g
    while decimal.digits.len() > 1 && decimal.digits.last() == Some(&b'0') {
        decimal.digits.pop();
    }
    let digits = decimal.digits.len() as i32;
    // from which exponent on the exponent form is used
    let limit = match wanted {
        Some(wanted) if wanted as i32 > digits && digits > decimal.exponent => digits,
        Some(wanted) => wanted as i32,
        None => 6,
    };
    if decimal.exponent < -4 || decimal.exponent >= limit {
        let verb = if verb == b'G' { b'E' } else { b'e' };
        return exponent_form(&decimal, Some(decimal.digits.len() - 1), verb);
    }
    let fraction = (digits - 1 - decimal.exponent).max(0) as usize;
    plain_form(&decimal, fraction)
}

/// Digits with a point and without an exponent.
fn plain_form(decimal: &Decimal, fraction: usize) -> String {
    let mut out = String::new();
    if decimal.negative {
        out.push('-');
    }
    let digit = |at: i32| {
        let digit = usize::try_from(at).ok().and_then(|at| decimal.digits.get(at));
        digit.map_or('0', |&b| b as char)
    };
    if decimal.exponent < 0 {
        out.push('0');
    } else {
        out.extend((0..=decimal.exponent).map(digit));
    }
    if fraction > 0 {
        out.push('.');
        out.extend((1..=fraction as i32).map(|at| digit(decimal.exponent + at)));
    }
    out
}

fn parts(value: f64) -> (bool, u64, i32) {
    let bits = value.to_bits();
    let mantissa = bits & ((1 << 52) - 1);
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let (mantissa, exponent) = if exponent == 0 {
        (mantissa, 1)
    } else {
        (mantissa | (1 << 52), exponent)
    };
    (value.is_sign_negative(), mantissa, exponent - 1023)
}

fn binary_exponent(value: f64) -> String {
    let (negative, mantissa, exponent) = parts(value);
    let sign = if negative { "-" } else { "" };
    format!("{sign}{mantissa}p{:+}", exponent - 52)
}

fn hexadecimal(value: f64, precision: Option<usize>, verb: u8) -> String {
    let (negative, mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = 0;
    }
    // the leading one goes to bit 60, fifteen hexadecimal digits follow
    mantissa <<= 60 - 52;
    while mantissa != 0 && mantissa & (1 << 60) == 0 {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(digits) = precision.filter(|&digits| digits < 15) {
        let shift = digits * 4;
        let extra = (mantissa << shift) & ((1 << 60) - 1);
        mantissa >>= 60 - shift;
        if (extra | (mantissa & 1)) > 1 << 59 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & (1 << 61) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let mut out = String::new();
    if negative {
        out.push('-');
    }
    out.push_str("0x");
    out.push(if mantissa >> 60 & 1 == 1 { '1' } else { '0' });
    let mut fraction = format!("{:015x}", mantissa & ((1 << 60) - 1));
    match precision {
        Some(digits) if digits <= 15 => fraction.truncate(digits),
        Some(digits) => fraction.extend(std::iter::repeat_n('0', digits - 15)),
        None => fraction.truncate(fraction.trim_end_matches('0').len()),
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(&fraction);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    let out = format!("{out}p{sign}{:02}", exponent.unsigned_abs());
    if verb == b'X' { out.to_uppercase() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_precision_is_met() {
        let many = 3_999_999;
        assert_eq!(format(1.5, b'f', Some(many)).len(), many + 2);
        assert_eq!(format(1.5, b'e', Some(many)).len(), many + "1.e+00".len());
        assert_eq!(format(1.5, b'g', Some(many)), "1.5");
        let smallest = format(f64::from_bits(1), b'e', Some(MAX_DIGITS));
        assert!(smallest.trim_end_matches("e-324").ends_with("0000"));
    }
}
