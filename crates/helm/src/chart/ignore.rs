//! `.helmignore`

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
        if glob(line, "abc").is_none() {
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
        glob(&self.pattern, subject) == Some(true)
    }
}

fn cut<'t>(line: &'t str, rest: Option<&'t str>) -> (bool, &'t str) {
    (rest.is_some(), rest.unwrap_or(line))
}

/// Go's `filepath.Match`; nothing when the pattern is malformed and the name led that far.
fn glob(pattern: &str, name: &str) -> Option<bool> {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // where to go on when a star has to take one character more
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(p) {
            None if n == name.len() => return Some(true),
            None => None,
            Some('*') => {
                retry = Some((p, n));
                p += 1;
                continue;
            }
            Some(_) => {
                let (width, matches) = element(&pattern[p..], name.get(n).copied())?;
                matches.then_some(width)
            }
        };
        if let Some(width) = step {
            p += width;
            n += 1;
            continue;
        }
        match retry {
            Some((star, taken)) if name.get(taken).is_some_and(|c| *c != '/') => {
                retry = Some((star, taken + 1));
                (p, n) = (star + 1, taken + 1);
            }
            _ => return well_formed(&pattern[p..]).then_some(false),
        }
    }
}

fn well_formed(mut pattern: &[char]) -> bool {
    while !pattern.is_empty() {
        match element(pattern, None) {
            Some((width, _)) => pattern = &pattern[width..],
            None => return false,
        }
    }
    true
}

/// The width of the first element, and whether it takes the character; nothing when it is malformed.
fn element(pattern: &[char], c: Option<char>) -> Option<(usize, bool)> {
    match pattern[0] {
        '*' => Some((1, false)),
        '?' => Some((1, c.is_some_and(|c| c != '/'))),
        '[' => class(pattern, c),
        '\\' => Some((2, c == Some(*pattern.get(1)?))),
        literal => Some((1, c == Some(literal))),
    }
}

fn class(pattern: &[char], c: Option<char>) -> Option<(usize, bool)> {
    let negated = pattern.get(1) == Some(&'^');
    let mut at = if negated { 2 } else { 1 };
    let (mut first, mut found) = (true, false);
    while first || pattern.get(at) != Some(&']') {
        let low = bound(pattern, &mut at)?;
        let high = if pattern.get(at) == Some(&'-') {
            at += 1;
            bound(pattern, &mut at)?
        } else {
            low
        };
        found |= c.is_some_and(|c| (low..=high).contains(&c));
        first = false;
    }
    Some((at + 1, c.is_some_and(|_| found != negated)))
}

fn bound(pattern: &[char], at: &mut usize) -> Option<char> {
    match *pattern.get(*at)? {
        '-' | ']' => return None,
        '\\' => *at += 1,
        _ => {}
    }
    let bound = *pattern.get(*at)?;
    *at += 1;
    // a class cannot end the pattern
    pattern.get(*at).map(|_| bound)
}

#[cfg(test)]
mod tests;
