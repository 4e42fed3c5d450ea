//! Dates and durations.

mod calendar;
mod duration;
mod layout;
mod moment;
mod read;
mod zone;

pub use moment::Time;

use duration::{parse_duration, show_duration};
use zone::Zone;

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::{Type, Value};

use Type::{Any, String};

const TIME: Type = Type::Named("time.Time");
const MODIFY: Signature = Signature::new(&[String, TIME]);
const IN_ZONE: Signature = Signature::new(&[String, Any, String]);

pub(super) const TABLE: &[Row] = &[
    ("now", Signature::new(&[]), |context, _| {
        Ok(Value::object(Time::now(context)))
    }),
    ("date", Signature::new(&[String, Any]), |context, args| {
        Ok(date(context, args.value(1), b"Local", args.str(0)))
    }),
    ("dateInZone", IN_ZONE, |context, args| {
        Ok(date(context, args.value(1), args.str(2), args.str(0)))
    }),
    ("date_in_zone", IN_ZONE, |context, args| {
        Ok(date(context, args.value(1), args.str(2), args.str(0)))
    }),
    ("htmlDate", Signature::new(&[Any]), |context, args| {
        Ok(date(context, args.value(0), b"Local", b"2006-01-02"))
    }),
    (
        "htmlDateInZone",
        Signature::new(&[Any, String]),
        |context, args| Ok(date(context, args.value(0), args.str(1), b"2006-01-02")),
    ),
    ("dateModify", MODIFY, |_, args| {
        modify(args).or_else(|_| Ok(args.value(1).clone()))
    }),
    ("date_modify", MODIFY, |_, args| {
        modify(args).or_else(|_| Ok(args.value(1).clone()))
    }),
    ("mustDateModify", MODIFY, |_, args| modify(args)),
    ("must_date_modify", MODIFY, |_, args| modify(args)),
    ("toDate", Signature::new(&[String, String]), |context, args| {
        Ok(Value::object(
            to_date(context, args).unwrap_or_else(|_| Time::zero()),
        ))
    }),
    (
        "mustToDate",
        Signature::new(&[String, String]),
        |context, args| Ok(Value::object(to_date(context, args)?)),
    ),
    ("unixEpoch", Signature::new(&[TIME]), |_, args| {
        Ok(time(args.value(0))?.unix().to_string().into())
    }),
    ("ago", Signature::new(&[Any]), ago),
    ("duration", Signature::new(&[Any]), duration),
    ("durationRound", Signature::new(&[Any]), duration_round),
];

const SECOND: i64 = 1_000_000_000;

fn time(value: &Value) -> Result<&Time, CallError> {
    value.as_object().ok_or_else(|| CallError::new("not a time"))
}

/// The moment that a value stands for: a time, or seconds since 1970; anything else is now.
fn moment(context: &Context<'_>, value: &Value) -> Time {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => Time::at(*seconds, 0, Zone::local(context)),
        other => other
            .as_object::<Time>()
            .cloned()
            .unwrap_or_else(|| Time::now(context)),
    }
}

fn date(context: &Context<'_>, value: &Value, zone: &[u8], layout: &[u8]) -> Value {
    let zone = Zone::named(context, &std::string::String::from_utf8_lossy(zone));
    let time = moment(context, value).in_zone(zone.unwrap_or(Zone::Utc));
    Value::Str(layout::format(&time, layout).into())
}

fn modify(args: &Args) -> Called {
    let shift = parse_duration(&args.str(0).to_text()).map_err(CallError::new)?;
    Ok(Value::object(time(args.value(1))?.plus(shift)))
}

fn to_date(context: &Context<'_>, args: &Args) -> Result<Time, CallError> {
    read::parse(
        &args.str(0).to_text(),
        &args.str(1).to_text(),
        &Zone::local(context),
    )
    .map_err(CallError::new)
}

fn ago(context: &Context<'_>, args: &Args) -> Called {
    let since = Time::now(context).since(&moment(context, args.value(0)));
    let half = if since < 0 { -SECOND / 2 } else { SECOND / 2 };
    let rounded = since.saturating_add(half) / SECOND * SECOND;
    Ok(show_duration(rounded).into())
}

fn duration(_: &Context<'_>, args: &Args) -> Called {
    let seconds = match args.value(0) {
        Value::Int64(seconds) => *seconds,
        Value::Str(text) => {
            let text = text.to_text();
            let overflow = if text.starts_with('-') { i64::MIN } else { i64::MAX };
            let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
            let numeric = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().unwrap_or(if numeric { overflow } else { 0 })
        }
        _ => 0,
    };
    Ok(show_duration(seconds.wrapping_mul(SECOND)).into())
}

/// Units of time in seconds.
const UNITS: [(u64, &str); 6] = [
    (31_536_000, "y"),
    (2_592_000, "mo"),
    (86_400, "d"),
    (3_600, "h"),
    (60, "m"),
    (1, "s"),
];

/// The largest unit that fits, as a whole number.
fn duration_round(context: &Context<'_>, args: &Args) -> Called {
    let nanoseconds = match args.value(0) {
        Value::Int64(nanoseconds) => *nanoseconds,
        Value::Str(text) => parse_duration(&text.to_text()).unwrap_or(0),
        other => other
            .as_object::<Time>()
            .map_or(0, |time| Time::now(context).since(time)),
    };
    let magnitude = nanoseconds.unsigned_abs();
    let unit = UNITS
        .iter()
        .find(|(seconds, _)| magnitude > seconds * SECOND as u64);
    Ok(match unit {
        Some((seconds, name)) => format!("{}{name}", magnitude / (seconds * SECOND as u64)).into(),
        None => "0s".into(),
    })
}
