//! Why assignments cannot be read.

/// The greatest index that a list may have.
pub(super) const MAX_INDEX: i64 = 65_536;
/// How deep names may nest.
pub(super) const MAX_NAMES: usize = 30;
/// How deep lists may nest directly within each other; Helm has no such bound.
pub(super) const MAX_LISTS: usize = 500;

/// Why an assignment cannot be read; in Helm's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetError {
    /// The text ends within a name.
    #[error("key {0} has no value")]
    NoValue(String),
    /// A comma ends a name.
    #[error("key {0} has no value (cannot end with ,)")]
    EndsWithComma(String),
    /// A dot is followed by nothing that can be set.
    #[error("key map {0} has no value")]
    EmptyTable(String),
    /// Too many dots.
    #[error("value name nested level is greater than maximum supported nested level of {MAX_NAMES}")]
    TooDeep,
    /// Too many indexes behind each other.
    #[error("value index nested level is greater than maximum supported nested level of {MAX_LISTS}")]
    TooManyIndexes,
    /// An index is no number.
    #[error("error parsing index: strconv.Atoi: parsing {text}: {reason}")]
    BadIndex {
        /// What stands between the brackets, quoted.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An index is below zero.
    #[error("negative {0} index not allowed")]
    NegativeIndex(i64),
    /// An index is too great.
    #[error("index of {0} is greater than maximum supported index of {MAX_INDEX}")]
    IndexTooGreat(i64),
    /// Something stands between `]` and what may follow it.
    #[error("unexpected data at end of array index: [{0}]")]
    AfterIndex(String),
    /// `{` without `}`.
    #[error("list must terminate with '}}'")]
    OpenList,
    /// A table or a list is wanted where another value stands.
    #[error("unable to parse key: interface conversion: interface {{}} is {found}, not {wanted}")]
    WrongType {
        /// Go's name of the type that is there.
        found: String,
        /// Go's name of the type that is wanted.
        wanted: &'static str,
    },
    /// The value is not JSON.
    #[error("{0}")]
    Json(String),
    /// The file of a value cannot be read.
    #[error("{0}")]
    File(String),
}
