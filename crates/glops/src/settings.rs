//! The only place that reads the environment; flags have theirs through clap.

/// An environment variable; `None` when it is not set or is no text.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
