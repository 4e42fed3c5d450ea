use std::fmt;

/// What has become of an object, in the words of kstatus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// On its way to what is desired.
    InProgress,
    /// As desired.
    Current,
    /// It will not become what is desired by itself.
    Failed,
    /// Being deleted.
    Terminating,
    /// Not there.
    NotFound,
    /// Cannot be told.
    Unknown,
}

/// How well an object is, in the words of Argo CD, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Health {
    /// It works.
    Healthy,
    /// It was stopped on purpose.
    Suspended,
    /// It does not work yet.
    Progressing,
    /// It is not there.
    Missing,
    /// It does not work.
    Degraded,
    /// Cannot be told.
    Unknown,
}

impl Health {
    /// The word for it, as [`fmt::Display`] writes it.
    pub fn from_word(word: &str) -> Option<Self> {
        use Health::{Degraded, Healthy, Missing, Progressing, Suspended, Unknown};
        [Healthy, Suspended, Progressing, Missing, Degraded, Unknown]
            .into_iter()
            .find(|health| health.to_string() == word)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A verdict's word, in the language of the profile that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Of the kstatus and Flux profiles.
    Status(Status),
    /// Of the Argo CD profile.
    Health(Health),
}

impl State {
    /// Whether nothing more needs to be waited for.
    pub fn is_good(self) -> bool {
        matches!(
            self,
            Self::Status(Status::Current) | Self::Health(Health::Healthy | Health::Suspended)
        )
    }

    /// Whether waiting will not help.
    pub fn is_failed(self) -> bool {
        matches!(
            self,
            Self::Status(Status::Failed) | Self::Health(Health::Degraded)
        )
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::Health(health) => health.fmt(f),
        }
    }
}

/// A condition as kstatus would add it to the object: `Reconciling` or `Stalled`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// `Reconciling` or `Stalled`.
    pub kind: &'static str,
    /// `True`.
    pub status: &'static str,
    /// In one word.
    pub reason: String,
    /// For people.
    pub message: String,
}

/// What was found about one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict<S = State> {
    /// The word for it.
    pub status: S,
    /// For people; may be empty.
    pub message: String,
    /// What kstatus would add to the object; always empty in the Argo CD profile.
    pub conditions: Vec<Condition>,
}

impl<S> Verdict<S> {
    /// A verdict without conditions.
    pub fn new(status: S, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            conditions: Vec::new(),
        }
    }

    /// The same verdict in other words.
    pub fn map<T>(self, words: impl FnOnce(S) -> T) -> Verdict<T> {
        Verdict {
            status: words(self.status),
            message: self.message,
            conditions: self.conditions,
        }
    }
}

/// The health of a whole: that of its worst part; healthy when there is none.
pub fn roll_up(parts: impl IntoIterator<Item = Health>) -> Health {
    parts.into_iter().max().unwrap_or(Health::Healthy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_part_decides() {
        use Health::{Degraded, Healthy, Missing, Progressing, Suspended, Unknown};
        assert_eq!(roll_up([]), Healthy);
        assert_eq!(roll_up([Healthy, Suspended]), Suspended);
        assert_eq!(roll_up([Progressing, Suspended]), Progressing);
        assert_eq!(roll_up([Missing, Progressing]), Missing);
        assert_eq!(roll_up([Degraded, Missing, Healthy]), Degraded);
        assert_eq!(roll_up([Unknown, Degraded]), Unknown);
    }

    #[test]
    fn words_are_those_of_the_tools() {
        assert_eq!(State::Status(Status::InProgress).to_string(), "InProgress");
        assert_eq!(Health::from_word("Suspended"), Some(Health::Suspended));
        assert_eq!(Health::from_word("Current"), None);
    }
}
