//! Reads a date by a layout, with Go's error texts.

use super::calendar::{Civil, DAYS, MONTHS, days_in, days_of, is_leap};
use super::layout::{Element, Offset, next_element};
use super::moment::Time;
use super::zone::Zone;
use crate::text::quote::quoted;

/// `time.ParseInLocation`
pub(super) fn parse(layout: &str, value: &str, zone: &Zone) -> Result<Time, String> {
    let mut fields = Fields::default();
    let (mut rest, mut pending) = (value.as_bytes(), layout.as_bytes());
    let cannot = |at: &[u8], as_what: &[u8]| {
        format!(
            "parsing time {} as {}: cannot parse {} as {}",
            quoted(value.as_bytes()),
            quoted(layout.as_bytes()),
            quoted(at),
            quoted(as_what)
        )
    };
    let failed = |what: &str| format!("parsing time {}: {what}", quoted(value.as_bytes()));
    while let Some((before, element, after)) = next_element(pending) {
        rest = skip(rest, before).map_err(|at| cannot(at, before))?;
        let shown = &pending[before.len()..pending.len() - after.len()];
        pending = after;
        match fields.read(element, rest, pending) {
            Ok(unread) => rest = unread,
            Err(Wrong::Form) => return Err(cannot(rest, shown)),
            Err(Wrong::Range(what)) => return Err(failed(&format!("{what} out of range"))),
        }
    }
    rest = skip(rest, pending).map_err(|at| cannot(at, pending))?;
    if !rest.is_empty() {
        return Err(failed(&format!("extra text: {}", quoted(rest))));
    }
    fields.time(zone).map_err(failed)
}

/// Skips what a layout has between elements; spaces stand for any number of spaces. Gives the place of a mismatch.
fn skip<'v>(mut value: &'v [u8], mut prefix: &[u8]) -> Result<&'v [u8], &'v [u8]> {
    let cut = |text: &[u8]| text.iter().take_while(|&&byte| byte == b' ').count();
    while let Some(&byte) = prefix.first() {
        if byte == b' ' {
            if value.first().is_some_and(|&byte| byte != b' ') {
                return Err(value);
            }
            prefix = &prefix[cut(prefix)..];
            value = &value[cut(value)..];
        } else if value.first() == Some(&byte) {
            (prefix, value) = (&prefix[1..], &value[1..]);
        } else {
            return Err(value);
        }
    }
    Ok(value)
}

enum Wrong {
    Form,
    Range(&'static str),
}

/// What was read.
#[derive(Default)]
struct Fields {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: u32,
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i64>,
    zone_name: String,
}

type Read<'v, T> = Result<(T, &'v [u8]), Wrong>;

/// One or two digits, or exactly two.
fn number(text: &[u8], two: bool) -> Read<'_, i64> {
    match text {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Ok((i64::from((a - b'0') * 10 + (b - b'0')), rest)),
        [a @ b'0'..=b'9', rest @ ..] if !two => Ok((i64::from(a - b'0'), rest)),
        _ => Err(Wrong::Form),
    }
}

fn in_range(value: i64, range: std::ops::RangeInclusive<i64>, what: &'static str) -> Result<i64, Wrong> {
    if range.contains(&value) {
        Ok(value)
    } else {
        Err(Wrong::Range(what))
    }
}

/// Digits of a fixed length.
fn digits(text: &[u8], len: usize) -> Read<'_, i64> {
    let (head, rest) = text.split_at_checked(len).ok_or(Wrong::Form)?;
    let text = std::str::from_utf8(head).map_err(|_| Wrong::Form)?;
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse().map_err(|_| Wrong::Form)?;
    if plain {
        Ok((value, rest))
    } else {
        Err(Wrong::Form)
    }
}

/// A name of a table, whole or its first three letters, in any case.
fn name<'v>(text: &'v [u8], names: &[&str], long: bool) -> Read<'v, i64> {
    for (at, name) in names.iter().enumerate() {
        let name = if long { name } else { &name[..3] };
        if text
            .get(..name.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
        {
            return Ok((at as i64 + 1, &text[name.len()..]));
        }
    }
    Err(Wrong::Form)
}

/// A point or comma and digits, as nanoseconds.
fn fraction(text: &[u8], len: usize) -> Read<'_, u32> {
    let point = text.first().is_some_and(|byte| matches!(byte, b'.' | b','));
    let shown = text
        .get(1..=len)
        .filter(|shown| point && shown.iter().all(u8::is_ascii_digit));
    let shown = shown.ok_or(Wrong::Form)?;
    let nine = shown.iter().copied().chain(std::iter::repeat(b'0')).take(9);
    let nanoseconds = nine.fold(0, |value, digit| value * 10 + u32::from(digit - b'0'));
    Ok((nanoseconds, &text[len + 1..]))
}

fn without_space(text: &[u8]) -> &[u8] {
    text.strip_prefix(b" ").unwrap_or(text)
}

impl Fields {
    /// Reads one element; what follows it in the layout decides about fractions of seconds.
    fn read<'v>(&mut self, element: Element, text: &'v [u8], after: &[u8]) -> Result<&'v [u8], Wrong> {
        use Element as E;
        let mut rest = text;
        let mut take = |result: Read<'v, i64>| {
            let (value, unread) = result?;
            rest = unread;
            Ok::<i64, Wrong>(value)
        };
        match element {
            E::Year => {
                let year = take(digits(text, 2))?;
                self.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            E::LongYear => self.year = take(digits(text, 4))?,
            E::Month => self.month = Some(take(name(text, &MONTHS, false))?),
            E::LongMonth => self.month = Some(take(name(text, &MONTHS, true))?),
            E::NumMonth | E::ZeroMonth => {
                let month = take(number(text, element == E::ZeroMonth))?;
                self.month = Some(in_range(month, 1..=12, "month")?);
            }
            E::Weekday => drop(take(name(text, &DAYS, false))?),
            E::LongWeekday => drop(take(name(text, &DAYS, true))?),
            E::Day | E::ZeroDay => self.day = Some(take(number(text, element == E::ZeroDay))?),
            E::UnderDay => self.day = Some(take(number(without_space(text), false))?),
            E::ZeroYearDay => self.year_day = Some(take(digits(text, 3))?),
            E::UnderYearDay => {
                let text = without_space(without_space(text));
                let len = text
                    .iter()
                    .take(3)
                    .take_while(|byte| byte.is_ascii_digit())
                    .count();
                self.year_day = Some(take(digits(text, len))?);
            }
            E::Hour => self.hour = in_range(take(number(text, false))?, 0..=23, "hour")?,
            E::Hour12 | E::ZeroHour12 => {
                self.hour = in_range(take(number(text, element == E::ZeroHour12))?, 0..=12, "hour")?;
            }
            E::Minute | E::ZeroMinute => {
                self.minute = in_range(take(number(text, element == E::ZeroMinute))?, 0..=59, "minute")?;
            }
            E::Second | E::ZeroSecond => {
                self.second = in_range(take(number(text, element == E::ZeroSecond))?, 0..=59, "second")?;
                rest = self.unasked_fraction(rest, after)?;
            }
            E::UpperPm | E::LowerPm => rest = self.half_of_day(text, element == E::UpperPm)?,
            E::ZoneName => rest = self.zone(text)?,
            E::Offset(offset) => rest = self.read_offset(text, offset)?,
            E::Fraction {
                digits,
                trimmed: false,
                ..
            } => (self.nanosecond, rest) = fraction(text, digits)?,
            E::Fraction { trimmed: true, .. } => rest = self.optional_fraction(text)?,
        }
        Ok(rest)
    }

    /// A fraction that the layout does not have, right after the seconds.
    fn unasked_fraction<'v>(&mut self, text: &'v [u8], after: &[u8]) -> Result<&'v [u8], Wrong> {
        let asked = matches!(next_element(after), Some((_, Element::Fraction { .. }, _)));
        if asked {
            Ok(text)
        } else {
            self.optional_fraction(text)
        }
    }

    fn optional_fraction<'v>(&mut self, text: &'v [u8]) -> Result<&'v [u8], Wrong> {
        let [b'.' | b',', tail @ ..] = text else {
            return Ok(text);
        };
        let len = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if len == 0 {
            return Ok(text);
        }
        let (nanosecond, rest) = fraction(text, len)?;
        self.nanosecond = nanosecond;
        Ok(rest)
    }

    fn half_of_day<'v>(&mut self, text: &'v [u8], upper: bool) -> Result<&'v [u8], Wrong> {
        let names: [&[u8]; 2] = if upper { [b"AM", b"PM"] } else { [b"am", b"pm"] };
        let (head, rest) = text.split_at_checked(2).ok_or(Wrong::Form)?;
        self.afternoon = Some(names.iter().position(|name| *name == head).ok_or(Wrong::Form)? == 1);
        Ok(rest)
    }

    fn zone<'v>(&mut self, text: &'v [u8]) -> Result<&'v [u8], Wrong> {
        if let Some(rest) = text.strip_prefix(b"UTC") {
            self.utc = true;
            return Ok(rest);
        }
        let len = zone_name_len(text).ok_or(Wrong::Form)?;
        self.zone_name = String::from_utf8_lossy(&text[..len]).into_owned();
        Ok(&text[len..])
    }

    fn read_offset<'v>(&mut self, text: &'v [u8], offset: Offset) -> Result<&'v [u8], Wrong> {
        if offset.zulu
            && let Some(rest) = text.strip_prefix(b"Z")
        {
            self.utc = true;
            return Ok(rest);
        }
        let (sign, mut rest) = match text {
            [b'+', rest @ ..] => (1, rest),
            [b'-', rest @ ..] => (-1, rest),
            _ => return Err(Wrong::Form),
        };
        let mut seconds = 0;
        let limits = [
            (24, "time zone offset hour"),
            (60, "time zone offset minute"),
            (60, "time zone offset second"),
        ];
        for (at, ((most, what), unit)) in limits
            .into_iter()
            .zip([3600, 60, 1])
            .take(offset.parts)
            .enumerate()
        {
            if at > 0 && offset.colon {
                rest = rest.strip_prefix(b":").ok_or(Wrong::Form)?;
            }
            let (value, unread) = number(rest, true)?;
            seconds += in_range(value, 0..=most, what)? * unit;
            rest = unread;
        }
        self.offset = Some(sign * seconds);
        Ok(rest)
    }

    /// Month and day from the day of the year.
    fn resolve_year_day(&mut self) -> Result<(), &'static str> {
        let Some(year_day) = self.year_day else {
            return Ok(());
        };
        if year_day < 1 || year_day > 365 + i64::from(is_leap(self.year)) {
            return Err("day-of-year out of range");
        }
        let date = Civil::of((days_of(self.year, 1, 1) + year_day - 1) * super::calendar::DAY);
        if self.month.is_some_and(|month| month != date.month) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|day| day != date.day) {
            return Err("day-of-year does not match day");
        }
        (self.month, self.day) = (Some(date.month), Some(date.day));
        Ok(())
    }

    fn time(mut self, local: &Zone) -> Result<Time, &'static str> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        self.resolve_year_day()?;
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if day < 1 || day > days_in(month, self.year) {
            return Err("day out of range");
        }
        let (year, hour, minute, second) = (self.year, self.hour, self.minute, self.second);
        let shown = Civil {
            year,
            month,
            day,
            hour,
            minute,
            second,
        }
        .seconds();
        let at = |seconds, zone| Ok(Time::at(seconds, self.nanosecond, zone));
        if self.utc {
            return at(shown, Zone::Utc);
        }
        if let Some(offset) = self.offset {
            let seconds = shown - offset;
            let (name, found) = local.at(seconds);
            let is_local = found == offset && (self.zone_name.is_empty() || self.zone_name == name);
            let fixed = Zone::Fixed {
                name: self.zone_name.clone(),
                offset,
            };
            return at(seconds, if is_local { local.clone() } else { fixed });
        }
        if self.zone_name.is_empty() {
            return at(local.resolve(shown), local.clone());
        }
        let seconds = local.resolve(shown);
        if local.at(seconds).0 == self.zone_name {
            return at(seconds, local.clone());
        }
        let offset = self
            .zone_name
            .strip_prefix("GMT")
            .and_then(|hours| hours.parse::<i64>().ok())
            .unwrap_or(0)
            * 3600;
        at(
            shown,
            Zone::Fixed {
                name: self.zone_name.clone(),
                offset,
            },
        )
    }
}

/// Length of what looks like the abbreviation of a time zone.
fn zone_name_len(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if text.len() < 3 {
        return None;
    }
    let signed = |text: &[u8]| {
        let digits = text
            .get(1..)?
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let hours: i64 = std::str::from_utf8(&text[1..=digits]).ok()?.parse().ok()?;
        (matches!(text[0], b'+' | b'-') && hours < 24).then_some(1 + digits)
    };
    if let Some(after) = text.strip_prefix(b"GMT") {
        return Some(3 + signed(after).unwrap_or(0));
    }
    if matches!(text[0], b'+' | b'-') {
        return signed(text);
    }
    match text
        .iter()
        .take(6)
        .take_while(|byte| byte.is_ascii_uppercase())
        .count()
    {
        5 if text[4] == b'T' => Some(5),
        4 if text[3] == b'T' || text.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}
