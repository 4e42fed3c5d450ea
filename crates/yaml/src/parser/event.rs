use std::borrow::Cow;

use crate::error::Mark;
use crate::scanner::ScalarStyle;

/// Anchor and tag of a node. A tag is in its long form, `tag:yaml.org,2002:int`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Properties<'a> {
    pub(crate) anchor: Option<&'a str>,
    pub(crate) tag: Option<Box<str>>,
}

#[derive(Debug)]
pub(crate) enum EventKind<'a> {
    StreamStart,
    StreamEnd,
    DocumentStart,
    DocumentEnd,
    Alias(&'a str),
    Scalar {
        properties: Properties<'a>,
        value: Cow<'a, str>,
        style: ScalarStyle,
    },
    SequenceStart {
        properties: Properties<'a>,
    },
    SequenceEnd,
    MappingStart {
        properties: Properties<'a>,
    },
    MappingEnd,
}

#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(crate) kind: EventKind<'a>,
    /// Where it begins.
    pub(crate) start: Mark,
}
