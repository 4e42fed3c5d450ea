//! Time zones. The data is compiled in: a render does not depend on the machine.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::exec::Context;

/// Where a time is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Utc,
    /// An offset in seconds, with or without a name.
    Fixed {
        name: String,
        offset: i64,
    },
    Named(TimeZone),
}

impl Zone {
    /// The local zone of the environment.
    pub(super) fn local(context: &Context<'_>) -> Self {
        let name = context.environment().time_zone();
        Self::of_database(&name).unwrap_or(Self::Utc)
    }

    /// The zone of a name, as `time.LoadLocation` knows it.
    pub(super) fn named(context: &Context<'_>, name: &str) -> Option<Self> {
        match name {
            "" | "UTC" => Some(Self::Utc),
            "Local" => Some(Self::local(context)),
            name => Self::of_database(name),
        }
    }

    fn of_database(name: &str) -> Option<Self> {
        if matches!(name, "" | "UTC") {
            return Some(Self::Utc);
        }
        let zone = TimeZone::get(name).ok()?;
        // names are told apart by case in Go
        (zone.iana_name() == Some(name)).then_some(Self::Named(zone))
    }

    /// Abbreviation and offset at a moment.
    pub(super) fn at(&self, seconds: i64) -> (String, i64) {
        match self {
            Self::Utc => ("UTC".to_owned(), 0),
            Self::Fixed { name, offset } => (name.clone(), *offset),
            Self::Named(zone) => {
                let bounded = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
                let moment = Timestamp::from_second(bounded).unwrap_or_default();
                let info = zone.to_offset_info(moment);
                (info.abbreviation().to_owned(), i64::from(info.offset().seconds()))
            }
        }
    }

    /// Seconds since 1970 of what the clocks of the zone show.
    pub(super) fn resolve(&self, shown: i64) -> i64 {
        // the offset is that of the guess that it leads to, as Go finds it
        let (_, offset) = self.at(shown);
        let guess = shown - offset;
        let (_, found) = self.at(guess);
        if found == offset { guess } else { shown - found }
    }
}
