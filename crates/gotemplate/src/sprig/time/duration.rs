//! Go's durations: nanoseconds.

/// `1h2m3.5s`
pub(super) fn show_duration(nanoseconds: i64) -> String {
    let magnitude = nanoseconds.unsigned_abs();
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let fraction = |value: u64, digits: usize| {
        let scale = 10u64.pow(digits as u32);
        let text = format!("{}.{:0digits$}", value / scale, value % scale);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    match magnitude {
        0 => "0s".to_owned(),
        1..1_000 => format!("{sign}{magnitude}ns"),
        1_000..1_000_000 => format!("{sign}{}µs", fraction(magnitude, 3)),
        1_000_000..1_000_000_000 => format!("{sign}{}ms", fraction(magnitude, 6)),
        _ => {
            let minutes = magnitude / 60_000_000_000;
            let seconds = fraction(magnitude % 60_000_000_000, 9);
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{sign}{seconds}s"),
                (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
                (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

/// `time.ParseDuration`; the error is Go's text.
pub(super) fn parse_duration(text: &str) -> Result<i64, String> {
    let quoted = crate::text::quote::quoted(text.as_bytes());
    let invalid = || format!("time: invalid duration {quoted}");
    let negative = text.starts_with('-');
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total = 0i128;
    while !rest.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits(rest);
        let after = &rest[whole..];
        let decimals = after.strip_prefix('.').map(|after| &after[..digits(after)]);
        if whole == 0 && decimals.is_none_or(str::is_empty) {
            return Err(invalid());
        }
        let unit_text = &after[decimals.map_or(0, |decimals| decimals.len() + 1)..];
        let len = unit_text
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(unit_text.len());
        let unit = match &unit_text[..len] {
            "" => return Err(format!("time: missing unit in duration {quoted}")),
            "ns" => 1i128,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            other => {
                let unit = crate::text::quote::quoted(other.as_bytes());
                return Err(format!("time: unknown unit {unit} in duration {quoted}"));
            }
        };
        let number: i128 = if whole == 0 {
            0
        } else {
            rest[..whole].parse().map_err(|_| invalid())?
        };
        total = number
            .checked_mul(unit)
            .and_then(|part| total.checked_add(part))
            .ok_or_else(invalid)?;
        let decimals = decimals.unwrap_or_default();
        let fraction = format!("0.{decimals}0").parse::<f64>().unwrap_or_default();
        total += (fraction * unit as f64) as i128;
        if total > i128::from(i64::MAX) + i128::from(negative) {
            return Err(invalid());
        }
        rest = &unit_text[len..];
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| invalid())
}
