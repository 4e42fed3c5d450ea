//! Points in time, as people and as programs read them.

use std::time::{Duration, SystemTime};

use k8s_openapi::jiff;
use rpc::record::Timestamp;

/// `5s`, `12m`, `3h`, `9d` ago, as kubectl shows ages; `-` when there is none.
pub(crate) fn ago(time: Option<Timestamp>) -> String {
    let Some(time) = time.and_then(|time| SystemTime::try_from(time).ok()) else {
        return "-".to_owned();
    };
    // clocks of two machines differ; what seems to lie ahead is now
    short(SystemTime::now().duration_since(time).unwrap_or_default())
}

/// A span in its largest unit.
pub(crate) fn short(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..120 => format!("{seconds}s"),
        120..7_200 => format!("{}m", seconds / 60),
        7_200..172_800 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// The time as RFC 3339 in UTC.
pub(crate) fn rfc3339(time: Option<Timestamp>) -> Option<String> {
    let time = time?;
    jiff::Timestamp::new(time.seconds, time.nanos)
        .ok()
        .map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_short() {
        let shown =
            [0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(|seconds| short(Duration::from_secs(seconds)));
        assert_eq!(shown, ["0s", "119s", "2m", "119m", "2h", "47h", "2d"]);
        assert_eq!(ago(None), "-");
        assert_eq!(
            rfc3339(Some(Timestamp { seconds: 0, nanos: 0 })).as_deref(),
            Some("1970-01-01T00:00:00Z")
        );
    }
}
