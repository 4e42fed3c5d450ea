//! `time.Time`

use std::time::UNIX_EPOCH;

use super::calendar::{Civil, DAYS, MONTHS};
use super::duration::show_duration;
use super::layout;
use super::zone::Zone;
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::{Method, Object, Str, Type, Value};

/// A moment, told in a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    seconds: i64,
    nanoseconds: u32,
    zone: Zone,
}

/// Seconds from the first of January of year one, Go's zero time, to 1970.
const ZERO: i64 = -62_135_596_800;
const SECOND: i64 = 1_000_000_000;

impl Time {
    pub(super) fn at(seconds: i64, nanoseconds: u32, zone: Zone) -> Self {
        Self {
            seconds,
            nanoseconds,
            zone,
        }
    }

    pub(super) fn zero() -> Self {
        Self::at(ZERO, 0, Zone::Utc)
    }

    pub(super) fn now(context: &Context<'_>) -> Self {
        let since = context
            .environment()
            .now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self::at(since.as_secs() as i64, since.subsec_nanos(), Zone::local(context))
    }

    /// A moment in UTC, from seconds since 1970.
    pub fn from_unix(seconds: i64) -> Self {
        Self::at(seconds, 0, Zone::Utc)
    }

    /// Seconds since 1970.
    pub fn unix(&self) -> i64 {
        self.seconds
    }

    pub(super) fn nanosecond(&self) -> u32 {
        self.nanoseconds
    }

    pub(super) fn in_zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// Abbreviation of the zone and its offset in seconds.
    pub(super) fn zone(&self) -> (String, i64) {
        self.zone.at(self.seconds)
    }

    pub(super) fn civil(&self) -> Civil {
        Civil::of(self.seconds.saturating_add(self.zone().1))
    }

    pub(super) fn plus(&self, nanoseconds: i64) -> Self {
        let total = i64::from(self.nanoseconds) + nanoseconds % SECOND;
        let seconds = self
            .seconds
            .wrapping_add(nanoseconds / SECOND)
            .wrapping_add(total.div_euclid(SECOND));
        Self::at(seconds, total.rem_euclid(SECOND) as u32, self.zone.clone())
    }

    /// Nanoseconds since another moment, as far as they fit.
    pub(super) fn since(&self, other: &Self) -> i64 {
        let seconds = i128::from(self.seconds) - i128::from(other.seconds);
        let nanoseconds = i128::from(self.nanoseconds) - i128::from(other.nanoseconds);
        let total = seconds * i128::from(SECOND) + nanoseconds;
        total.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    }

    fn order(&self) -> (i64, u32) {
        (self.seconds, self.nanoseconds)
    }
}

fn this(value: &Value) -> Result<&Time, CallError> {
    value.as_object().ok_or_else(|| CallError::new("not a time"))
}

const NONE: Signature = Signature::new(&[]);
const TEXT: Signature = Signature::new(&[Type::String]);
const OTHER: Signature = Signature::new(&[Type::Named("time.Time")]);

fn part(value: &Value, part: fn(&Civil) -> i64) -> Result<Value, CallError> {
    Ok(Value::Int(part(&this(value)?.civil())))
}

macro_rules! methods {
    ($($name:literal $signature:expr => $body:expr),* $(,)?) => {
        &[$(Method { name: $name, signature: $signature, body: $body }),*]
    };
}

const METHODS: &[Method] = methods! {
    "Format" TEXT => |_, time, args| Ok(Value::Str(layout::format(this(time)?, args.str(0)).into())),
    "String" NONE => |_, time, _| Ok(Value::Str(shown(this(time)?))),
    "Unix" NONE => |_, time, _| Ok(Value::Int64(this(time)?.seconds)),
    "UnixMilli" NONE => |_, time, _| {
        let time = this(time)?;
        Ok(Value::Int64(time.seconds.wrapping_mul(1000).wrapping_add(i64::from(time.nanoseconds / 1_000_000))))
    },
    "UnixNano" NONE => |_, time, _| {
        let time = this(time)?;
        Ok(Value::Int64(time.seconds.wrapping_mul(SECOND).wrapping_add(i64::from(time.nanoseconds))))
    },
    "Year" NONE => |_, time, _| part(time, |civil| civil.year),
    "Month" NONE => |_, time, _| {
        Ok(Value::object(Named { type_name: "time.Month", name: MONTHS[this(time)?.civil().month as usize - 1] }))
    },
    "Day" NONE => |_, time, _| part(time, |civil| civil.day),
    "YearDay" NONE => |_, time, _| part(time, Civil::year_day),
    "Hour" NONE => |_, time, _| part(time, |civil| civil.hour),
    "Minute" NONE => |_, time, _| part(time, |civil| civil.minute),
    "Second" NONE => |_, time, _| part(time, |civil| civil.second),
    "Nanosecond" NONE => |_, time, _| Ok(Value::Int(i64::from(this(time)?.nanoseconds))),
    "Weekday" NONE => |_, time, _| {
        Ok(Value::object(Named { type_name: "time.Weekday", name: DAYS[this(time)?.civil().weekday()] }))
    },
    "UTC" NONE => |_, time, _| Ok(Value::object(this(time)?.clone().in_zone(Zone::Utc))),
    "Local" NONE => |context, time, _| Ok(Value::object(this(time)?.clone().in_zone(Zone::local(context)))),
    "IsZero" NONE => |_, time, _| Ok(Value::Bool(this(time)?.order() == (ZERO, 0))),
    "Before" OTHER => |_, time, args| Ok(Value::Bool(this(time)?.order() < this(args.value(0))?.order())),
    "After" OTHER => |_, time, args| Ok(Value::Bool(this(time)?.order() > this(args.value(0))?.order())),
    "Equal" OTHER => |_, time, args| Ok(Value::Bool(this(time)?.order() == this(args.value(0))?.order())),
    "Sub" OTHER => |_, time, args| Ok(Value::object(Duration(this(time)?.since(this(args.value(0))?)))),
    "AddDate" Signature::new(&[Type::Int, Type::Int, Type::Int]) => add_date,
};

fn add_date(_: &Context<'_>, time: &Value, args: &Args) -> Result<Value, CallError> {
    const FARTHEST: i64 = 1 << 32;
    let time = this(time)?;
    let shift = |at| args.int(at).clamp(-FARTHEST, FARTHEST);
    let mut civil = time.civil();
    civil.year += shift(0);
    civil.month += shift(1);
    civil.day += shift(2);
    let seconds = time.zone.resolve(civil.seconds());
    Ok(Value::object(Time::at(
        seconds,
        time.nanoseconds,
        time.zone.clone(),
    )))
}

fn shown(time: &Time) -> Str {
    layout::format(time, b"2006-01-02 15:04:05.999999999 -0700 MST").into()
}

impl Object for Time {
    fn type_name(&self) -> &'static str {
        "time.Time"
    }

    fn methods(&self) -> &'static [Method] {
        METHODS
    }

    fn text(&self) -> Option<Str> {
        Some(shown(self))
    }

    fn to_json(&self) -> Value {
        Value::Str(layout::format(self, b"2006-01-02T15:04:05.999999999Z07:00").into())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<Self>() == Some(self)
    }
}

/// A month or a day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Named {
    type_name: &'static str,
    name: &'static str,
}

impl Object for Named {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn text(&self) -> Option<Str> {
        Some(self.name.into())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<Self>() == Some(self)
    }
}

/// `time.Duration`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Duration(i64);

impl Duration {
    fn of(value: &Value) -> Result<i64, CallError> {
        value
            .as_object::<Self>()
            .map(|duration| duration.0)
            .ok_or_else(|| CallError::new("not a duration"))
    }
}

const DURATION_METHODS: &[Method] = methods! {
    "String" NONE => |_, duration, _| Ok(show_duration(Duration::of(duration)?).into()),
    "Hours" NONE => |_, duration, _| Ok(Value::Float(Duration::of(duration)? as f64 / 3.6e12)),
    "Minutes" NONE => |_, duration, _| Ok(Value::Float(Duration::of(duration)? as f64 / 6e10)),
    "Seconds" NONE => |_, duration, _| Ok(Value::Float(Duration::of(duration)? as f64 / 1e9)),
    "Milliseconds" NONE => |_, duration, _| Ok(Value::Int64(Duration::of(duration)? / 1_000_000)),
    "Nanoseconds" NONE => |_, duration, _| Ok(Value::Int64(Duration::of(duration)?)),
};

impl Object for Duration {
    fn type_name(&self) -> &'static str {
        "time.Duration"
    }

    fn methods(&self) -> &'static [Method] {
        DURATION_METHODS
    }

    fn text(&self) -> Option<Str> {
        Some(show_duration(self.0).into())
    }

    fn to_json(&self) -> Value {
        Value::Int64(self.0)
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<Self>() == Some(self)
    }
}
