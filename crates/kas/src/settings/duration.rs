use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// A duration as GitLab's configuration files write it: seconds with an `s`, such as `300s` or `0.5s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProtoDuration(pub(crate) Duration);

impl std::str::FromStr for ProtoDuration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let invalid = || format!("{text:?} is no duration; write seconds as in \"300s\"");
        let seconds = text.strip_suffix('s').ok_or_else(invalid)?;
        // the parser of floats would take exponents, signs and `inf` too
        if seconds.is_empty() || !seconds.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return Err(invalid());
        }
        let seconds: f64 = seconds.parse().map_err(|_| invalid())?;
        Duration::try_from_secs_f64(seconds)
            .map(Self)
            .map_err(|_| invalid())
    }
}

impl<'de> Deserialize<'de> for ProtoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_seconds() {
        let parse = |text: &str| text.parse::<ProtoDuration>().map(|duration| duration.0);
        assert_eq!(parse("300s"), Ok(Duration::from_mins(5)));
        assert_eq!(parse("0.25s"), Ok(Duration::from_millis(250)));
        for wrong in ["300", "5m", "-1s", "1e3s", "s", "infs", "1.2.3s", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
