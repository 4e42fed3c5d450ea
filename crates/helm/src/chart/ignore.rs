//! `.helmignore`

use crate::glob::path_matches;

/// Rules that say which files of a folder are no part of the chart.
pub(super) struct Rules(Vec<Rule>);

struct Rule {
    pattern: String,
    negated: bool,
    directories_only: bool,
    whole_path: bool,
}

impl Rules {
    /// The rules of a text, and the one that holds always.
    pub(super) fn parse(text: &[u8]) -> Result<Self, &'static str> {
        let text = String::from_utf8_lossy(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text));
        text.lines()
            .chain(["templates/.?*"])
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(Rule::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether a path from the folder of the chart is ignored. The first rule that decides wins.
    pub(super) fn ignores(&self, path: &str, is_directory: bool) -> bool {
        for rule in &self.0 {
            let applies = !rule.directories_only || is_directory;
            let matches = applies && rule.matches(path);
            if rule.negated != matches {
                return true;
            }
        }
        false
    }
}

impl Rule {
    fn parse(line: &str) -> Result<Self, &'static str> {
        if line.contains("**") {
            return Err("double-star (**) syntax is not supported");
        }
        if path_matches(line, "abc").is_none() {
            return Err("syntax error in pattern");
        }
        let (negated, line) = cut(line, line.strip_prefix('!'));
        let (directories_only, line) = cut(line, line.strip_suffix('/'));
        let (anchored, pattern) = cut(line, line.strip_prefix('/'));
        Ok(Self {
            pattern: pattern.to_owned(),
            negated,
            directories_only,
            whole_path: anchored || pattern.contains('/'),
        })
    }

    fn matches(&self, path: &str) -> bool {
        let subject = if self.whole_path {
            path
        } else {
            path.rsplit('/').next().unwrap_or(path)
        };
        path_matches(&self.pattern, subject) == Some(true)
    }
}

fn cut<'t>(line: &'t str, rest: Option<&'t str>) -> (bool, &'t str) {
    (rest.is_some(), rest.unwrap_or(line))
}

#[cfg(test)]
mod tests;
