//! A version, its parts and its order.

use std::cmp::Ordering;

use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::{Kind, Method, Object, Str, Type, Value};

/// A semantic version, read generously: a leading `v` and missing parts are fine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemVersion {
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) patch: u64,
    pub(super) prerelease: String,
    metadata: String,
    original: String,
}

/// Longest text that is read as a version.
const LONGEST: usize = 256;

impl SemVersion {
    /// Reads a version; the error is Go's text.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("version string is too long (max {LONGEST} bytes)"));
        }
        let invalid = || "invalid semantic version".to_owned();
        let bare = text.strip_prefix('v').unwrap_or(text);
        let (rest, metadata) = split_off(bare, '+');
        let (core, prerelease) = split_off(rest, '-');
        let identifiers = |text: Option<&str>| {
            text.is_none_or(|text| {
                text.split('.')
                    .all(|part| !part.is_empty() && part.bytes().all(is_identifier))
            })
        };
        let segments: Vec<&str> = core.split('.').collect();
        let numeric =
            |segment: &&str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
        if segments.len() > 3
            || !segments.iter().all(numeric)
            || !identifiers(prerelease)
            || !identifiers(metadata)
        {
            return Err(invalid());
        }
        let number = |at: usize| {
            let segment: &str = segments.get(at).copied().unwrap_or("0");
            segment.parse::<u64>().map_err(|_| {
                format!("error parsing version segment: strconv.ParseUint: parsing \"{segment}\": value out of range")
            })
        };
        let version = Self {
            major: number(0)?,
            minor: number(1)?,
            patch: number(2)?,
            prerelease: prerelease.unwrap_or_default().to_owned(),
            metadata: metadata.unwrap_or_default().to_owned(),
            original: text.to_owned(),
        };
        let leading_zero = |part: &str| part.len() > 1 && part.starts_with('0') && numeric(&part);
        if version.prerelease.split('.').any(leading_zero) {
            return Err("version segment starts with 0".to_owned());
        }
        Ok(version)
    }

    /// Order of precedence; metadata does not count.
    pub fn precedence(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| compare_prereleases(&self.prerelease, &other.prerelease))
    }
}

/// What stands before a character, and what stands behind it.
fn split_off(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at)
        .map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

/// A release comes after all its prereleases.
pub(super) fn compare_prereleases(a: &str, b: &str) -> Ordering {
    if a.is_empty() || b.is_empty() {
        return a.is_empty().cmp(&b.is_empty());
    }
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(x), Some(y)) => compare_parts(x, y),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Numbers by value and before words, words by their bytes.
fn compare_parts(x: &str, y: &str) -> Ordering {
    match (x.parse::<u64>(), y.parse::<u64>()) {
        (Ok(x), Ok(y)) => x.cmp(&y),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => x.cmp(y),
    }
}

impl std::fmt::Display for SemVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

/// The receiver and the argument as versions.
fn pair<'v>(receiver: &'v Value, args: &'v Args) -> Result<(&'v SemVersion, &'v SemVersion), CallError> {
    Ok((this(receiver)?, this(args.value(0))?))
}

fn this(value: &Value) -> Result<&SemVersion, CallError> {
    value.as_object().ok_or_else(|| CallError::new("not a version"))
}

/// The version one step further, as the original's `IncMajor` and its like give it.
fn bumped(receiver: &Value, bump: fn(&mut SemVersion)) -> Result<Value, CallError> {
    let mut version = this(receiver)?.clone();
    bump(&mut version);
    version.prerelease.clear();
    version.metadata.clear();
    let prefix = if version.original.starts_with('v') {
        "v"
    } else {
        ""
    };
    version.original = format!("{prefix}{version}");
    Ok(Value::object(version))
}

const NONE: Signature = Signature::new(&[]);
const OTHER: Signature = Signature::new(&[Type::Named("*semver.Version")]);

const METHODS: &[Method] = &[
    Method {
        name: "Major",
        signature: NONE,
        body: |_, this_, _| Ok(Value::Uint64(this(this_)?.major)),
    },
    Method {
        name: "Minor",
        signature: NONE,
        body: |_, this_, _| Ok(Value::Uint64(this(this_)?.minor)),
    },
    Method {
        name: "Patch",
        signature: NONE,
        body: |_, this_, _| Ok(Value::Uint64(this(this_)?.patch)),
    },
    Method {
        name: "Prerelease",
        signature: NONE,
        body: |_, this_, _| Ok(this(this_)?.prerelease.as_str().into()),
    },
    Method {
        name: "Metadata",
        signature: NONE,
        body: |_, this_, _| Ok(this(this_)?.metadata.as_str().into()),
    },
    Method {
        name: "Original",
        signature: NONE,
        body: |_, this_, _| Ok(this(this_)?.original.as_str().into()),
    },
    Method {
        name: "String",
        signature: NONE,
        body: |_, this_, _| Ok(this(this_)?.to_string().into()),
    },
    Method {
        name: "Compare",
        signature: OTHER,
        body: compare,
    },
    Method {
        name: "Equal",
        signature: OTHER,
        body: |_, this_, args| pair(this_, args).map(|(a, b)| Value::Bool(a.precedence(b).is_eq())),
    },
    Method {
        name: "LessThan",
        signature: OTHER,
        body: |_, this_, args| pair(this_, args).map(|(a, b)| Value::Bool(a.precedence(b).is_lt())),
    },
    Method {
        name: "LessThanEqual",
        signature: OTHER,
        body: |_, this_, args| pair(this_, args).map(|(a, b)| Value::Bool(a.precedence(b).is_le())),
    },
    Method {
        name: "GreaterThan",
        signature: OTHER,
        body: |_, this_, args| pair(this_, args).map(|(a, b)| Value::Bool(a.precedence(b).is_gt())),
    },
    Method {
        name: "GreaterThanEqual",
        signature: OTHER,
        body: |_, this_, args| pair(this_, args).map(|(a, b)| Value::Bool(a.precedence(b).is_ge())),
    },
    Method {
        name: "IncMajor",
        signature: NONE,
        body: |_, this_, _| {
            bumped(this_, |v| {
                (v.major, v.minor, v.patch) = (v.major.wrapping_add(1), 0, 0);
            })
        },
    },
    Method {
        name: "IncMinor",
        signature: NONE,
        body: |_, this_, _| bumped(this_, |v| (v.minor, v.patch) = (v.minor.wrapping_add(1), 0)),
    },
    Method {
        name: "IncPatch",
        signature: NONE,
        body: |_, this_, _| {
            bumped(this_, |v| {
                // a prerelease becomes its release
                if v.prerelease.is_empty() {
                    v.patch = v.patch.wrapping_add(1);
                }
            })
        },
    },
];

fn compare(_: &Context<'_>, receiver: &Value, args: &Args) -> Result<Value, CallError> {
    let (a, b) = pair(receiver, args)?;
    Ok(Value::Int(a.precedence(b) as i64))
}

impl Object for SemVersion {
    fn type_name(&self) -> &'static str {
        "*semver.Version"
    }

    fn kind(&self) -> Kind {
        Kind::Pointer
    }

    fn methods(&self) -> &'static [Method] {
        METHODS
    }

    fn text(&self) -> Option<Str> {
        Some(self.to_string().into())
    }

    fn to_json(&self) -> Value {
        self.to_string().into()
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<Self>() == Some(self)
    }
}
