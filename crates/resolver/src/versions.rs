//! Which of several versions is meant, by the rules of Helm.

use std::cmp::Ordering;

use gotemplate::SemVersion;

use crate::Error;

/// Any release that is no prerelease.
const NEWEST: &str = "*";
/// Any version at all.
const NEWEST_WITH_PRERELEASES: &str = ">0.0.0-0";

/// A version, a constraint, or nothing for the newest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    text: String,
    constraint: String,
}

impl Wanted {
    pub(crate) fn new(version: &str, devel: bool) -> Result<Self, Error> {
        let constraint = match (version, devel) {
            ("", false) => NEWEST,
            ("", true) => NEWEST_WITH_PRERELEASES,
            (version, _) => version,
        };
        let wanted = Self {
            text: version.to_owned(),
            constraint: constraint.to_owned(),
        };
        let probe = SemVersion::parse("0.0.0").and_then(|probe| probe.satisfies(constraint));
        match probe {
            Ok(_) => Ok(wanted),
            Err(reason) => Err(Error::InvalidVersion {
                version: version.to_owned(),
                reason,
            }),
        }
    }

    /// As it was given.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is one version, which nobody needs to be asked for.
    pub(crate) fn is_exact(&self) -> bool {
        SemVersion::parse(&self.text).is_ok_and(|_| self.text.matches('.').count() >= 2)
    }

    /// The one among `versions` that is spelled the same, or else the newest that matches.
    pub(crate) fn pick<'a, T>(&self, versions: &'a [T], version: impl Fn(&T) -> &str) -> Option<&'a T> {
        if !self.text.is_empty()
            && let Some(same) = versions.iter().find(|item| version(item) == self.text)
        {
            return Some(same);
        }
        let mut newest: Option<(&T, SemVersion)> = None;
        for item in versions {
            let Ok(found) = SemVersion::parse(version(item)) else {
                continue;
            };
            let is_newer = newest
                .as_ref()
                .is_none_or(|(_, newest)| found.precedence(newest) == Ordering::Greater);
            if is_newer && found.satisfies(&self.constraint).unwrap_or(false) {
                newest = Some((item, found));
            }
        }
        newest.map(|(item, _)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picked(version: &str, devel: bool) -> Option<&'static str> {
        const VERSIONS: [&str; 7] = [
            "1.9.0",
            "1.10.0",
            "2.0.0-rc.1",
            "nonsense",
            "v0.9.1",
            "1.10.0+b",
            "0.9.0",
        ];
        let wanted = Wanted::new(version, devel).unwrap();
        wanted.pick(&VERSIONS, |version| version).copied()
    }

    #[test]
    fn the_newest_match_is_picked() {
        assert_eq!(picked("", false), Some("1.10.0"));
        assert_eq!(picked("", true), Some("2.0.0-rc.1"));
        assert_eq!(picked("~0.9", false), Some("v0.9.1"));
        assert_eq!(picked(">=1 <1.10", false), Some("1.9.0"));
        assert_eq!(picked("3.x", false), None);
    }

    #[test]
    fn a_version_that_is_spelled_the_same_comes_first() {
        assert_eq!(picked("1.10.0+b", false), Some("1.10.0+b"));
        assert_eq!(picked("0.9.1", false), Some("v0.9.1"));
    }

    #[test]
    fn what_is_no_constraint_is_told() {
        assert!(Wanted::new("one", false).is_err());
    }
}
