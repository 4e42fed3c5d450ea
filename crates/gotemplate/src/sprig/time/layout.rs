//! Go's layouts: a date written as the second of January 2006 would be.

use super::calendar::{Civil, DAYS, MONTHS};
use super::moment::Time;

/// An element of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    ZoneName,
    Offset(Offset),
    /// Digits of the second's fraction: all of them, or without trailing zeros.
    Fraction {
        digits: usize,
        trimmed: bool,
        comma: bool,
    },
}

/// How an offset from UTC is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// `Z` stands for no offset.
    pub(super) zulu: bool,
    pub(super) colon: bool,
    /// Parts written: hours, then minutes, then seconds.
    pub(super) parts: usize,
}

const OFFSETS: [(&str, Offset); 5] = [
    (
        "070000",
        Offset {
            zulu: false,
            colon: false,
            parts: 3,
        },
    ),
    (
        "07:00:00",
        Offset {
            zulu: false,
            colon: true,
            parts: 3,
        },
    ),
    (
        "0700",
        Offset {
            zulu: false,
            colon: false,
            parts: 2,
        },
    ),
    (
        "07:00",
        Offset {
            zulu: false,
            colon: true,
            parts: 2,
        },
    ),
    (
        "07",
        Offset {
            zulu: false,
            colon: false,
            parts: 1,
        },
    ),
];

/// What comes before the next element, the element, and what comes after it.
pub(super) fn next_element(layout: &[u8]) -> Option<(&[u8], Element, &[u8])> {
    for at in 0..layout.len() {
        if let Some((element, skip, len)) = element_at(&layout[at..]) {
            return Some((&layout[..at + skip], element, &layout[at + skip + len..]));
        }
    }
    None
}

/// The element at the start of a text, what to skip before it, and its length.
fn element_at(text: &[u8]) -> Option<(Element, usize, usize)> {
    use Element as E;
    let not_a_word = |text: &[u8]| !text.first().is_some_and(u8::is_ascii_lowercase);
    let found = |element, len| Some((element, 0, len));
    match text {
        [b'J', b'a', b'n', b'u', b'a', b'r', b'y', ..] => found(E::LongMonth, 7),
        [b'J', b'a', b'n', rest @ ..] if not_a_word(rest) => found(E::Month, 3),
        [b'M', b'o', b'n', b'd', b'a', b'y', ..] => found(E::LongWeekday, 6),
        [b'M', b'o', b'n', rest @ ..] if not_a_word(rest) => found(E::Weekday, 3),
        [b'M', b'S', b'T', ..] => found(E::ZoneName, 3),
        [b'0', b'1', ..] => found(E::ZeroMonth, 2),
        [b'0', b'2', ..] => found(E::ZeroDay, 2),
        [b'0', b'3', ..] => found(E::ZeroHour12, 2),
        [b'0', b'4', ..] => found(E::ZeroMinute, 2),
        [b'0', b'5', ..] => found(E::ZeroSecond, 2),
        [b'0', b'6', ..] => found(E::Year, 2),
        [b'0', b'0', b'2', ..] => found(E::ZeroYearDay, 3),
        [b'1', b'5', ..] => found(E::Hour, 2),
        [b'1', ..] => found(E::NumMonth, 1),
        [b'2', b'0', b'0', b'6', ..] => found(E::LongYear, 4),
        [b'2', ..] => found(E::Day, 1),
        [b'_', b'2', b'0', b'0', b'6', ..] => Some((E::LongYear, 1, 4)),
        [b'_', b'2', ..] => found(E::UnderDay, 2),
        [b'_', b'_', b'2', ..] => found(E::UnderYearDay, 3),
        [b'3', ..] => found(E::Hour12, 1),
        [b'4', ..] => found(E::Minute, 1),
        [b'5', ..] => found(E::Second, 1),
        [b'P', b'M', ..] => found(E::UpperPm, 2),
        [b'p', b'm', ..] => found(E::LowerPm, 2),
        [sign @ (b'-' | b'Z'), rest @ ..] => {
            let (text, offset) = OFFSETS
                .iter()
                .find(|(text, _)| rest.starts_with(text.as_bytes()))?;
            found(
                E::Offset(Offset {
                    zulu: *sign == b'Z',
                    ..*offset
                }),
                text.len() + 1,
            )
        }
        [point @ (b'.' | b','), digit @ (b'0' | b'9'), ..] => {
            let digits = text[1..].iter().take_while(|byte| *byte == digit).count();
            let ends = !text.get(1 + digits).is_some_and(u8::is_ascii_digit);
            let fraction = E::Fraction {
                digits,
                trimmed: *digit == b'9',
                comma: *point == b',',
            };
            if ends { found(fraction, digits + 1) } else { None }
        }
        _ => None,
    }
}

/// `Time.Format`
pub(super) fn format(time: &Time, mut layout: &[u8]) -> Vec<u8> {
    let civil = time.civil();
    let mut out = Vec::with_capacity(layout.len() + 10);
    while let Some((before, element, after)) = next_element(layout) {
        out.extend_from_slice(before);
        out.extend_from_slice(show(time, &civil, element).as_bytes());
        layout = after;
    }
    out.extend_from_slice(layout);
    out
}

fn show(time: &Time, civil: &Civil, element: Element) -> String {
    use Element as E;
    let hour12 = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
    let month = MONTHS[civil.month as usize - 1];
    let weekday = DAYS[civil.weekday()];
    match element {
        E::LongMonth => month.to_owned(),
        E::Month => month[..3].to_owned(),
        E::NumMonth => civil.month.to_string(),
        E::ZeroMonth => format!("{:02}", civil.month),
        E::LongWeekday => weekday.to_owned(),
        E::Weekday => weekday[..3].to_owned(),
        E::Day => civil.day.to_string(),
        E::UnderDay => format!("{:2}", civil.day),
        E::ZeroDay => format!("{:02}", civil.day),
        E::UnderYearDay => format!("{:3}", civil.year_day()),
        E::ZeroYearDay => format!("{:03}", civil.year_day()),
        E::Hour => format!("{:02}", civil.hour),
        E::Hour12 => hour12.to_string(),
        E::ZeroHour12 => format!("{hour12:02}"),
        E::Minute => civil.minute.to_string(),
        E::ZeroMinute => format!("{:02}", civil.minute),
        E::Second => civil.second.to_string(),
        E::ZeroSecond => format!("{:02}", civil.second),
        E::LongYear if civil.year < 0 => format!("-{:04}", civil.year.unsigned_abs()),
        E::LongYear => format!("{:04}", civil.year),
        E::Year => format!("{:02}", civil.year.rem_euclid(100)),
        E::UpperPm => if civil.hour >= 12 { "PM" } else { "AM" }.to_owned(),
        E::LowerPm => if civil.hour >= 12 { "pm" } else { "am" }.to_owned(),
        E::ZoneName => show_zone(time),
        E::Offset(offset) => show_offset(time.zone().1, offset),
        E::Fraction {
            digits,
            trimmed,
            comma,
        } => show_fraction(time.nanosecond(), digits, trimmed, comma),
    }
}

/// The name of the zone, or its offset if it has none.
fn show_zone(time: &Time) -> String {
    let (name, offset) = time.zone();
    if !name.is_empty() {
        return name;
    }
    let minutes = (offset / 60).abs();
    let sign = if offset < 0 { '-' } else { '+' };
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}

fn show_offset(seconds: i64, offset: Offset) -> String {
    if offset.zulu && seconds == 0 {
        return "Z".to_owned();
    }
    let magnitude = seconds.abs();
    let colon = if offset.colon { ":" } else { "" };
    let sign = if seconds < 0 { '-' } else { '+' };
    let parts = [magnitude / 3600, magnitude / 60 % 60, magnitude % 60].map(|part| format!("{part:02}"));
    format!("{sign}{}", parts[..offset.parts].join(colon))
}

fn show_fraction(nanoseconds: u32, digits: usize, trimmed: bool, comma: bool) -> String {
    let all = format!("{nanoseconds:09}");
    let mut shown = all[..digits.min(9)].to_owned();
    if trimmed {
        shown.truncate(shown.trim_end_matches('0').len());
        if shown.is_empty() {
            return String::new();
        }
    } else {
        shown.extend(std::iter::repeat_n('0', digits.saturating_sub(9)));
    }
    format!("{}{shown}", if comma { ',' } else { '.' })
}
