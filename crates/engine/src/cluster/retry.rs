use std::time::Duration;

use rand::RngExt as _;

use super::Refusal;

/// How often a request is sent at most.
pub(super) const ATTEMPTS: u32 = 9;
/// How often one is sent at most that the server calls a conflict or an internal error.
const ATTEMPTS_WHEN_DOUBTFUL: u32 = 4;
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Whether a refused request is worth sending again, after `attempt` attempts.
pub(super) fn is_worth_another(refusal: &Refusal, attempt: u32) -> bool {
    match refusal.code {
        // a conflict over fields stays one; a lost race with another writer does not
        409 => {
            refusal.reason == "Conflict" && !refusal.is_field_conflict() && attempt < ATTEMPTS_WHEN_DOUBTFUL
        }
        429 | 502 | 503 | 504 => attempt < ATTEMPTS,
        500 => attempt < ATTEMPTS_WHEN_DOUBTFUL,
        _ => false,
    }
}

/// How long to wait after `attempt` attempts: doubled each time, with jitter, and at least what the server asks for.
pub(super) fn delay(attempt: u32, asked: Option<Duration>) -> Duration {
    let backoff = FIRST
        .saturating_mul(1 << attempt.saturating_sub(1).min(10))
        .min(LONGEST);
    let jittered = backoff.mul_f64(rand::rng().random_range(0.5..1.0));
    asked.map_or(jittered, |asked| asked + jittered.mul_f64(0.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_and_as_long_as_asked() {
        assert!(delay(1, None) <= FIRST);
        assert!(delay(5, None) >= Duration::from_millis(800));
        assert!(delay(50, None) <= LONGEST);
        assert!(delay(1, Some(Duration::from_secs(2))) >= Duration::from_secs(2));
    }

    #[test]
    fn a_conflict_over_fields_is_final() {
        let body = br#"{"message":"m","reason":"Conflict","details":{"causes":[{"reason":"FieldManagerConflict"}]}}"#;
        assert!(!is_worth_another(&Refusal::read(409, body), 1));
        assert!(is_worth_another(
            &Refusal::read(409, br#"{"message":"m","reason":"Conflict"}"#),
            1
        ));
        assert!(!is_worth_another(&Refusal::read(422, b"{}"), 1));
        assert!(is_worth_another(&Refusal::read(429, b""), 1));
    }
}
