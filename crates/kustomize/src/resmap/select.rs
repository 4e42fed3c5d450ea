use std::collections::BTreeMap;

use regex::bytes::Regex;

use super::ResMap;
use crate::{
    error::{Context as _, Error, Result, fail},
    id::Gvk,
    kustomization::Selector,
    regexp,
    resource::Resource,
    schema::Registry,
};

/// A regular expression that must match as a whole; an empty one matches everything.
pub(crate) enum Pattern {
    Anything,
    /// An expression without special characters: itself.
    Literal(String),
    Regex(Regex),
}

impl Pattern {
    pub(crate) fn new(pattern: &str) -> Result<Self> {
        if pattern.is_empty() {
            return Ok(Self::Anything);
        }
        if pattern
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/'))
        {
            return Ok(Self::Literal(pattern.to_owned()));
        }
        regexp::compile(&format!("^(?:{pattern})$")).map(Self::Regex)
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Literal(literal) => literal == text,
            Self::Regex(regex) => regex.is_match(text.as_bytes()),
        }
    }
}

/// The parts of a [`Selector`] that are regular expressions.
pub(crate) struct SelectorRegex {
    group: Pattern,
    version: Pattern,
    kind: Pattern,
    pub(crate) name: Pattern,
    pub(crate) namespace: Pattern,
}

impl SelectorRegex {
    pub(crate) fn new(selector: &Selector) -> Result<Self> {
        Ok(Self {
            group: Pattern::new(&selector.group).under("group")?,
            version: Pattern::new(&selector.version).under("version")?,
            kind: Pattern::new(&selector.kind).under("kind")?,
            name: Pattern::new(&selector.name).under("name")?,
            namespace: Pattern::new(&selector.namespace).under("namespace")?,
        })
    }

    pub(crate) fn matches_gvk(&self, gvk: &Gvk) -> bool {
        self.group.matches(&gvk.group) && self.version.matches(&gvk.version) && self.kind.matches(&gvk.kind)
    }
}

impl ResMap {
    /// The places of the objects that a selector asks for; name and namespace may be those of now or of first.
    pub(crate) fn select(&self, selector: &Selector, schemas: &Registry) -> Result<Vec<usize>> {
        let regex = SelectorRegex::new(selector)?;
        let labels = LabelSelector::of_labels(selector)?;
        let annotations = LabelSelector::of_annotations(selector)?;
        let fits = |resource: &Resource| {
            if !regex.matches_gvk(&resource.gvk()) {
                return false;
            }
            let ids = [resource.id(schemas), resource.original_id(schemas)];
            ids.iter()
                .any(|id| regex.namespace.matches(id.effective_namespace()))
                && ids.iter().any(|id| regex.name.matches(&id.name))
                && labels.matches_strings(resource, "labels")
                && annotations.matches_strings(resource, "annotations")
        };
        Ok(self
            .list()
            .iter()
            .enumerate()
            .filter(|(_, resource)| fits(resource))
            .map(|(index, _)| index)
            .collect())
    }
}

/// A label selector in Kubernetes' grammar: all requirements must hold.
pub(crate) struct LabelSelector(Vec<Requirement>);

enum Requirement {
    Exists(String),
    Missing(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Greater(String, i64),
    Less(String, i64),
}

impl LabelSelector {
    pub(crate) fn of_labels(selector: &Selector) -> Result<Self> {
        Self::parse(&selector.label_selector).under("labelSelector")
    }

    pub(crate) fn of_annotations(selector: &Selector) -> Result<Self> {
        Self::parse(&selector.annotation_selector).under("annotationSelector")
    }

    fn parse(text: &str) -> Result<Self> {
        let mut requirements = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (requirement, tail) = requirement(rest).ok_or_else(|| {
                Error::new(format!(
                    "unable to parse requirement: invalid label selector {text:?}"
                ))
            })?;
            requirements.push(requirement);
            rest = tail.trim_start();
            if let Some(tail) = rest.strip_prefix(',') {
                rest = tail.trim_start();
            } else if !rest.is_empty() {
                fail!("unable to parse requirement: found '{rest}', expected: ',' or 'end of string'");
            }
        }
        Ok(Self(requirements))
    }

    fn matches_strings(&self, resource: &Resource, field: &str) -> bool {
        self.0.is_empty() || self.matches(&resource.strings(field))
    }

    pub(crate) fn matches(&self, strings: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| requirement.holds(strings))
    }
}

impl Requirement {
    fn holds(&self, strings: &BTreeMap<String, String>) -> bool {
        let number = |key: &String| strings.get(key).and_then(|value| value.parse::<i64>().ok());
        match self {
            Self::Exists(key) => strings.contains_key(key),
            Self::Missing(key) => !strings.contains_key(key),
            Self::In(key, values) => strings.get(key).is_some_and(|value| values.contains(value)),
            Self::NotIn(key, values) => strings.get(key).is_none_or(|value| !values.contains(value)),
            Self::Greater(key, bound) => number(key).is_some_and(|value| value > *bound),
            Self::Less(key, bound) => number(key).is_some_and(|value| value < *bound),
        }
    }
}

/// One requirement, and what follows it.
fn requirement(text: &str) -> Option<(Requirement, &str)> {
    if let Some(rest) = text.strip_prefix('!') {
        let (key, rest) = word(rest.trim_start());
        return (!key.is_empty()).then(|| (Requirement::Missing(key.to_owned()), rest));
    }
    let (key, rest) = word(text);
    if key.is_empty() {
        return None;
    }
    let key = key.to_owned();
    let rest = rest.trim_start();
    if let Some(rest) = rest.strip_prefix("!=") {
        let (value, rest) = word(rest.trim_start());
        return Some((Requirement::NotIn(key, vec![value.to_owned()]), rest));
    }
    if let Some(rest) = rest.strip_prefix("==").or_else(|| rest.strip_prefix('=')) {
        let (value, rest) = word(rest.trim_start());
        return Some((Requirement::In(key, vec![value.to_owned()]), rest));
    }
    if let Some(rest) = rest.strip_prefix('>') {
        let (value, rest) = word(rest.trim_start());
        return Some((Requirement::Greater(key, value.parse().ok()?), rest));
    }
    if let Some(rest) = rest.strip_prefix('<') {
        let (value, rest) = word(rest.trim_start());
        return Some((Requirement::Less(key, value.parse().ok()?), rest));
    }
    match word(rest) {
        ("in", rest) => set(rest).map(|(values, rest)| (Requirement::In(key, values), rest)),
        ("notin", rest) => set(rest).map(|(values, rest)| (Requirement::NotIn(key, values), rest)),
        ("", rest) => Some((Requirement::Exists(key), rest)),
        _ => None,
    }
}

fn word(text: &str) -> (&str, &str) {
    let end = text
        .find(|letter: char| letter.is_whitespace() || "=!<>(),".contains(letter))
        .unwrap_or(text.len());
    text.split_at(end)
}

fn set(text: &str) -> Option<(Vec<String>, &str)> {
    let (inner, rest) = text.trim_start().strip_prefix('(')?.split_once(')')?;
    Some((
        inner.split(',').map(|value| value.trim().to_owned()).collect(),
        rest,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(selector: &str, labels: &[(&str, &str)]) -> bool {
        let labels = labels
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        LabelSelector::parse(selector).unwrap().matches(&labels)
    }

    #[test]
    fn selectors_follow_the_grammar_of_kubernetes() {
        let labels = [("app", "web"), ("n", "7")];
        for yes in [
            "",
            "app",
            "app=web",
            "app == web",
            "app in (db, web),!x",
            "x!=1",
            "x notin (1)",
            "n>6",
        ] {
            assert!(matches(yes, &labels), "{yes}");
        }
        for no in ["!app", "app=db", "x", "app notin (web)", "n<7", "app=web,x"] {
            assert!(!matches(no, &labels), "{no}");
        }
        assert!(LabelSelector::parse("app in web").is_err());
        assert!(LabelSelector::parse("=web").is_err());
    }

    #[test]
    fn patterns_match_as_a_whole() {
        assert!(Pattern::new("a|b").unwrap().matches("b"));
        assert!(!Pattern::new("a|b").unwrap().matches("ab"));
        assert!(!Pattern::new("web").unwrap().matches("web2"));
        assert!(Pattern::new("(").is_err());
    }
}
