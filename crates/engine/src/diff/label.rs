use std::fmt;

/// Whose change a difference is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Label {
    /// The desired state changes it, and live is still what it was.
    YourChange,
    /// Live was changed behind our back; applying puts it back.
    Drift,
    /// The desired state changes it to what live already is.
    AlreadyLive,
    /// The desired state changes it, and so did someone else, otherwise.
    Conflict,
    /// Another manager owns the field; applying conflicts with it or takes it over.
    ForeignManager(String),
    /// Set by the server or a webhook, not by anyone's manifest.
    Defaulted,
    /// No longer desired; applying removes it.
    Pruned,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YourChange => f.write_str("your change"),
            Self::Drift => f.write_str("drift"),
            Self::AlreadyLive => f.write_str("already live"),
            Self::Conflict => f.write_str("conflict"),
            Self::ForeignManager(manager) => write!(f, "owned by {manager}"),
            Self::Defaulted => f.write_str("defaulted"),
            Self::Pruned => f.write_str("pruned"),
        }
    }
}
