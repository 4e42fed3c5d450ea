//! kluctl: hooks, and objects whose readiness is waited for.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{Expected, items};
use crate::order::{Occasion, Phase};

pub(in crate::order) const HOOK: &str = "kluctl.io/hook";
pub(in crate::order) const HOOK_DELETE_POLICY: &str = "kluctl.io/hook-delete-policy";
pub(in crate::order) const HOOK_WEIGHT: &str = "kluctl.io/hook-weight";
pub(in crate::order) const HOOK_WAIT: &str = "kluctl.io/hook-wait";
pub(in crate::order) const HOOK_TIMEOUT: &str = "kluctl.io/hook-timeout";
pub(in crate::order) const WAIT_READINESS: &str = "kluctl.io/wait-readiness";

/// The phases of a hook on this occasion.
pub(in crate::order) fn phases(value: &str, occasion: Occasion) -> Result<BTreeSet<Phase>, Expected> {
    let mut phases = BTreeSet::new();
    for item in items(value) {
        let (phase, only) = match item {
            "pre-deploy" => (Phase::PreSync, None),
            "post-deploy" => (Phase::PostSync, None),
            "pre-deploy-initial" => (Phase::PreSync, Some(Occasion::Install)),
            "post-deploy-initial" => (Phase::PostSync, Some(Occasion::Install)),
            "pre-deploy-upgrade" => (Phase::PreSync, Some(Occasion::Upgrade)),
            "post-deploy-upgrade" => (Phase::PostSync, Some(Occasion::Upgrade)),
            _ => {
                return Err(Expected(
                    "pre-deploy or post-deploy, with or without -initial or -upgrade",
                ));
            }
        };
        if only.is_none_or(|only| only == occasion) {
            phases.insert(phase);
        }
    }
    Ok(phases)
}

/// `true` or `false`.
pub(in crate::order) fn boolean(value: &str) -> Result<bool, Expected> {
    match value.trim() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Expected("true or false")),
    }
}

/// A duration as Go writes it: `1m30s`, `2h`, `1.5s`.
pub(in crate::order) fn duration(value: &str) -> Result<Duration, Expected> {
    parse_duration(value.trim()).ok_or(Expected("a duration such as 5m or 1h30m"))
}

fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        seconds += number
            * match &rest[..end] {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[end..];
    }
    (!text.is_empty())
        .then(|| Duration::try_from_secs_f64(seconds).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_writes_them() {
        assert_eq!(parse_duration("1h30m"), Some(Duration::from_mins(90)));
        assert_eq!(parse_duration("1.5s"), Some(Duration::from_millis(1500)));
        assert_eq!(parse_duration("300ms"), Some(Duration::from_millis(300)));
        for wrong in ["", "5", "m", "5 m", "-5m", "5x", "1e999h"] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }
}
