//! Messages as bytes, to be kept and read again, and the times and durations in them.

use std::time::Duration;

pub use prost_types::Timestamp;

/// A message that can be kept.
pub trait Record: prost::Message + Default {}

impl<T: prost::Message + Default> Record for T {}

/// Bytes that are not the message that they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to read a stored message")]
pub struct Unreadable(#[from] prost::DecodeError);

/// A message as bytes.
pub fn encode(message: &impl Record) -> Vec<u8> {
    message.encode_to_vec()
}

/// A message from bytes. Fields that a newer program wrote are left out.
pub fn decode<T: Record>(bytes: &[u8]) -> Result<T, Unreadable> {
    Ok(T::decode(bytes)?)
}

/// Milliseconds since 1970 as messages have them.
pub fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp {
        seconds: milliseconds.div_euclid(1000),
        nanos: (milliseconds.rem_euclid(1000) * 1_000_000) as i32,
    }
}

/// A duration as messages have it.
pub fn duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: duration.subsec_nanos() as i32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glops::reports::v1::StatusReport;

    #[test]
    fn what_is_kept_is_read_again() {
        let report = StatusReport {
            commit_id: "c1".into(),
            reported_at: Some(timestamp(-1)),
            ..StatusReport::default()
        };
        assert_eq!(decode(&encode(&report)), Ok(report));
        assert!(decode::<StatusReport>(&[0xff]).is_err());
    }

    #[test]
    fn times_before_1970_are_times_too() {
        let time = timestamp(-1);
        assert_eq!((time.seconds, time.nanos), (-1, 999_000_000));
    }
}
