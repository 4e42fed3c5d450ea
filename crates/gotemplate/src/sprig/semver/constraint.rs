//! Constraints: comparisons joined by commas or spaces (and) and by `||` (or).

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex::Regex;

use super::version::{SemVersion, compare_prereleases};
use crate::text::quote;

/// Alternatives, each a list of comparisons that must all hold.
pub(super) struct Constraints(Vec<Vec<Constraint>>);

const LONGEST: usize = 512;
const MOST_ALTERNATIVES: usize = 32;

/// The expressions of the original, which define what is a constraint.
struct Grammar {
    one: Regex,
    range: Regex,
    find: Regex,
    valid: Regex,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let version = r"v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?(-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?";
    let operators = r"=||!=|>|<|>=|=>|<=|=<|~|~>|\^";
    let space = r"[\t\n\f\r ]";
    let regex = |text: String| Regex::new(&text).expect("the expression is constant");
    Grammar {
        one: regex(format!("^{space}*({operators}){space}*({version}){space}*$")),
        range: regex(format!("{space}*({version}){space}+-{space}+({version}){space}*")),
        find: regex(format!("({operators}){space}*({version})")),
        valid: regex(format!(
            "^({space}*({operators}){space}*({version}){space}*)((?:{space}+|,{space}*)({operators}){space}*({version}){space}*)*$"
        )),
    }
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

/// From which part on a version has wildcards or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    No,
    Patch,
    Minor,
    Major,
}

struct Constraint {
    operator: Operator,
    version: SemVersion,
    open: Open,
}

impl Constraints {
    /// Reads a constraint; the error is Go's text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("constraint string is too long (max {LONGEST} bytes)"));
        }
        let text = rewrite_ranges(text);
        let alternatives: Vec<&str> = text.split("||").collect();
        if alternatives.len() > MOST_ALTERNATIVES {
            return Err(format!("too many constraint groups (max {MOST_ALTERNATIVES})"));
        }
        alternatives
            .into_iter()
            .map(parse_group)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether a version satisfies one of the alternatives.
    pub(super) fn admit(&self, version: &SemVersion) -> bool {
        self.0.iter().any(|group| {
            // prereleases count only where the group names one
            let prereleases = group
                .iter()
                .any(|constraint| !constraint.version.prerelease.is_empty());
            (prereleases || version.prerelease.is_empty()) && group.iter().all(|one| one.admits(version))
        })
    }
}

/// `1 - 2` as `>= 1, <= 2`.
fn rewrite_ranges(text: &str) -> String {
    let mut out = text.to_owned();
    for range in GRAMMAR.range.captures_iter(text) {
        let rewritten = format!(">= {}, <= {} ", &range[1], &range[11]);
        out = out.replacen(&range[0], &rewritten, 1);
    }
    out
}

fn parse_group(text: &str) -> Result<Vec<Constraint>, String> {
    if !GRAMMAR.valid.is_match(text) {
        return Err(format!("improper constraint: {}", quote::quoted(text.as_bytes())));
    }
    GRAMMAR
        .find
        .find_iter(text)
        .map(|one| Constraint::parse(one.as_str()))
        .collect()
}

fn is_wildcard(part: &str) -> bool {
    matches!(part.trim_start_matches('.'), "" | "x" | "X" | "*")
}

impl Constraint {
    fn parse(text: &str) -> Result<Self, String> {
        let improper = || format!("improper constraint: {}", quote::quoted(text.as_bytes()));
        let found = GRAMMAR.one.captures(text).ok_or_else(improper)?;
        let part = |at: usize| found.get(at).map_or("", |part| part.as_str());
        let (major, minor, patch, prerelease) = (part(3), part(4), part(5), part(6));
        let (open, version) = if is_wildcard(major) {
            (Open::Major, format!("0.0.0{prerelease}"))
        } else if is_wildcard(minor) {
            (Open::Minor, format!("{major}.0.0{prerelease}"))
        } else if is_wildcard(patch) {
            (Open::Patch, format!("{major}{minor}.0{prerelease}"))
        } else {
            (Open::No, part(2).to_owned())
        };
        let version = SemVersion::parse(&version).map_err(|_| "constraint parser error".to_owned())?;
        let operator = match part(1) {
            "!=" => Operator::NotEqual,
            ">" => Operator::Greater,
            "<" => Operator::Less,
            ">=" | "=>" => Operator::GreaterOrEqual,
            "<=" | "=<" => Operator::LessOrEqual,
            "~" | "~>" => Operator::Tilde,
            "^" => Operator::Caret,
            _ => Operator::Equal,
        };
        Ok(Self {
            operator,
            version,
            open,
        })
    }

    fn admits(&self, version: &SemVersion) -> bool {
        let order = version.precedence(&self.version);
        match self.operator {
            Operator::Equal if self.open == Open::No => order == Ordering::Equal,
            Operator::Equal | Operator::Tilde => self.tilde(version, order),
            Operator::NotEqual => self.differs(version, order),
            Operator::Greater => self.greater(version, order),
            Operator::Less => order == Ordering::Less,
            Operator::GreaterOrEqual => order != Ordering::Less,
            Operator::LessOrEqual => self.less_or_equal(version, order),
            Operator::Caret => self.caret(version, order),
        }
    }

    fn differs(&self, version: &SemVersion, order: Ordering) -> bool {
        let wanted = &self.version;
        match self.open {
            Open::No => order != Ordering::Equal,
            _ if version.major != wanted.major => true,
            Open::Minor => false,
            _ if version.minor != wanted.minor => true,
            Open::Patch => compare_prereleases(&version.prerelease, &wanted.prerelease).is_ne(),
            Open::Major => order != Ordering::Equal,
        }
    }

    fn greater(&self, version: &SemVersion, order: Ordering) -> bool {
        match (self.open, version.major.cmp(&self.version.major)) {
            (Open::No, _) | (Open::Major, Ordering::Equal) => order == Ordering::Greater,
            (_, Ordering::Greater) => true,
            (_, Ordering::Less) | (Open::Minor, _) => false,
            (Open::Patch, Ordering::Equal) => version.minor > self.version.minor,
        }
    }

    fn less_or_equal(&self, version: &SemVersion, order: Ordering) -> bool {
        match self.open {
            Open::No => order != Ordering::Greater,
            _ if version.major != self.version.major => version.major < self.version.major,
            Open::Minor => true,
            Open::Patch | Open::Major => version.minor <= self.version.minor,
        }
    }

    fn tilde(&self, version: &SemVersion, order: Ordering) -> bool {
        let wanted = &self.version;
        let zero = (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0);
        if order == Ordering::Less {
            return false;
        }
        if zero && matches!(self.open, Open::No | Open::Major) {
            return true;
        }
        version.major == wanted.major && (version.minor == wanted.minor || self.open == Open::Minor)
    }

    fn caret(&self, version: &SemVersion, order: Ordering) -> bool {
        let wanted = &self.version;
        if order == Ordering::Less {
            return false;
        }
        if wanted.major > 0 || self.open == Open::Minor {
            return version.major == wanted.major;
        }
        if version.major > 0 {
            return false;
        }
        if wanted.minor > 0 || self.open == Open::Patch {
            return version.minor == wanted.minor;
        }
        version.minor == 0 && version.patch == wanted.patch
    }
}
