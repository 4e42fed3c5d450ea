use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::evaluate::Scope;
use super::expression::{Pattern, Rule};
use super::files::FILES;
use super::parser;
use crate::health::fields::group_kind;
use crate::health::{Health, Verdict};

/// All rules, parsed when the first object is judged.
static RULES: LazyLock<Registry> = LazyLock::new(|| {
    let parsed = FILES
        .iter()
        .map(|(file, text)| parser::parse(text).map_err(|problem| format!("{file}: {problem}")));
    Registry::new(
        parsed
            .collect::<Result<Vec<_>, _>>()
            .expect("a test parses every file")
            .into_iter()
            .flatten(),
    )
});

/// What a rule says about an object; none when there is no rule for its kind.
pub fn assess(object: &Value) -> Option<Verdict<Health>> {
    RULES.find(object)?.assess(object)
}

/// What a rule says about an object that is being deleted.
pub fn deleting(object: &Value) -> Option<String> {
    let message = RULES.find(object)?.deleting.as_ref()?;
    Some(Scope::new(object).text(message))
}

/// Rules by the kinds they are for: exact ones, and those with wildcards, which are tried in turn.
struct Registry {
    rules: Vec<Rule>,
    exact: HashMap<(String, String), usize>,
    wildcards: Vec<(Pattern, usize)>,
}

impl Registry {
    fn new(rules: impl Iterator<Item = Rule>) -> Self {
        let mut registry = Self {
            rules: Vec::new(),
            exact: HashMap::new(),
            wildcards: Vec::new(),
        };
        for mut rule in rules {
            let index = registry.rules.len();
            for pattern in rule.patterns.drain(..) {
                if pattern.group.contains('*') || pattern.kind.contains('*') {
                    registry.wildcards.push((pattern, index));
                } else {
                    registry.exact.insert((pattern.group, pattern.kind), index);
                }
            }
            registry.rules.push(rule);
        }
        registry
    }

    fn find(&self, object: &Value) -> Option<&Rule> {
        let (group, kind) = group_kind(object);
        let exact = self.exact.get(&(group.to_owned(), kind.to_owned()));
        let index = exact.or_else(|| {
            let matching = self
                .wildcards
                .iter()
                .find(|(pattern, _)| pattern.matches(group, kind));
            matching.map(|(_, index)| index)
        })?;
        self.rules.get(*index)
    }
}

impl Pattern {
    fn matches(&self, group: &str, kind: &str) -> bool {
        let fits = |pattern: &str, text: &str| match pattern.split_once('*') {
            None => pattern == text,
            Some((start, end)) => {
                text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
            }
        };
        fits(&self.group, group) && fits(&self.kind, kind)
    }
}

impl Rule {
    fn assess(&self, object: &Value) -> Option<Verdict<Health>> {
        Scope::new(object).verdict(&self.steps)
    }
}
