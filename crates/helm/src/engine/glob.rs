use regex::bytes::{Regex, RegexBuilder};

/// A pattern for names of files: `*` and `?` stop at slashes, `**` does not.
pub(super) struct Glob(Option<Regex>);

impl Glob {
    /// Reads a pattern. One that cannot be read matches everything, as in Helm.
    pub(super) fn parse(pattern: &str, size_limit: usize) -> Self {
        let translated = Translation::of(pattern);
        Self(translated.and_then(|regex| RegexBuilder::new(&regex).size_limit(size_limit).build().ok()))
    }

    /// Whether a name matches as a whole.
    pub(super) fn matches(&self, name: &[u8]) -> bool {
        self.0.as_ref().is_none_or(|regex| regex.is_match(name))
    }
}

struct Translation<'p> {
    rest: std::iter::Peekable<std::str::Chars<'p>>,
    regex: String,
    alternatives: usize,
}

impl<'p> Translation<'p> {
    fn of(pattern: &'p str) -> Option<String> {
        let mut translation = Self {
            rest: pattern.chars().peekable(),
            regex: "(?s)^(?:".to_owned(),
            alternatives: 0,
        };
        while let Some(next) = translation.rest.next() {
            translation.element(next)?;
        }
        (translation.alternatives == 0).then(|| translation.regex + ")$")
    }

    fn element(&mut self, first: char) -> Option<()> {
        match first {
            '*' if self.rest.next_if_eq(&'*').is_some() => self.regex.push_str(".*"),
            '*' => self.regex.push_str("[^/]*"),
            '?' => self.regex.push_str("[^/]"),
            '[' => self.class()?,
            '{' => {
                self.alternatives += 1;
                self.regex.push_str("(?:");
            }
            '}' if self.alternatives > 0 => {
                self.alternatives -= 1;
                self.regex.push(')');
            }
            ',' if self.alternatives > 0 => self.regex.push('|'),
            '\\' => {
                let escaped = self.rest.next()?;
                self.literal(escaped);
            }
            literal => self.literal(literal),
        }
        Some(())
    }

    fn literal(&mut self, literal: char) {
        self.regex
            .push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
    }

    /// `[abc]`, `[a-z]` and their opposites with `!`.
    fn class(&mut self) -> Option<()> {
        let negated = self.rest.next_if_eq(&'!').is_some();
        let mut members = Vec::new();
        loop {
            match self.rest.next()? {
                ']' => break,
                '\\' => members.push(self.rest.next()?),
                member => members.push(member),
            }
        }
        self.regex.push_str(if negated { "[^" } else { "[" });
        match members[..] {
            [] => return None,
            [low, '-', high] if low <= high => {
                self.literal(low);
                self.regex.push('-');
                self.literal(high);
            }
            [_, '-', _] => return None,
            _ => members.into_iter().for_each(|member| self.literal(member)),
        }
        self.regex.push(']');
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_helm_matches_them() {
        for (pattern, name, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "d/a.txt", false),
            ("**.txt", "d/a.txt", true),
            ("d/**", "d/e/f", true),
            ("d/*", "d/e/f", false),
            ("{a,b}.y?ml", "b.yaml", true),
            ("{a,b}.y?ml", "c.yaml", false),
            ("[a-c].x", "b.x", true),
            ("[!a-c].x", "b.x", false),
            ("[!ab].x", "c.x", true),
            (r"\*.x", "*.x", true),
            (r"\*.x", "a.x", false),
            ("a+b", "a+b", true),
            ("[", "anything", true),
            ("{a", "anything", true),
        ] {
            let glob = Glob::parse(pattern, 1 << 20);
            assert_eq!(glob.matches(name.as_bytes()), expected, "{pattern} {name}");
        }
    }
}
