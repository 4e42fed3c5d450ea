//! From Go's syntax of regular expressions to that of the crate `regex`.
//!
//! The two are close relatives. Go's classes `\d`, `\w`, `\s` and its word boundaries are ASCII; a lone bracket in a class
//! and a brace that opens no repetition stand for themselves; `\Q…\E` quotes; escaped punctuation is always literal.
//! What Go rejects is rejected here, with Go's words.

use std::iter::Peekable;
use std::str::CharIndices;

/// Go's limit of a repetition.
const MOST_REPEATS: u32 = 1000;

const POSIX_CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

/// The expression in the other syntax, or Go's error.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut translator = Translator {
        pattern,
        runes: pattern.char_indices().peekable(),
        out: String::with_capacity(pattern.len()),
        groups: Vec::new(),
        repeats: Repeats::default(),
        repeatable: false,
        last_repeat: None,
    };
    translator.run()?;
    Ok(translator.out)
}

struct Translator<'p> {
    pattern: &'p str,
    runes: Peekable<CharIndices<'p>>,
    out: String,
    /// What was counted in the groups around this place.
    groups: Vec<Repeats>,
    repeats: Repeats,
    /// Whether there is something before this place that can be repeated.
    repeatable: bool,
    /// Where the repetition operator right before this place starts.
    last_repeat: Option<usize>,
}

/// How often things are repeated by counts: the last thing, and the one that is repeated most.
struct Repeats {
    last: u32,
    most: u32,
}

impl Default for Repeats {
    fn default() -> Self {
        Self { last: 1, most: 1 }
    }
}

type Translated = Result<(), String>;

impl<'p> Translator<'p> {
    fn run(&mut self) -> Translated {
        while let Some((at, rune)) = self.runes.next() {
            let repeat = std::mem::take(&mut self.last_repeat);
            match rune {
                '\\' => self.escape(at)?,
                '[' => self.class(at)?,
                '(' => self.group(at)?,
                ')' if self.groups.is_empty() => return Err(format!("unexpected ): `{}`", self.pattern)),
                ')' => self.close_group(),
                '*' | '+' | '?' => self.repeat(at, rune, repeat)?,
                '{' => self.brace(at, repeat)?,
                '|' | '^' => self.push(rune, rune == '^'),
                _ => self.push(rune, true),
            }
        }
        if !self.groups.is_empty() {
            return Err(format!("missing closing ): `{}`", self.pattern));
        }
        Ok(())
    }

    fn push(&mut self, rune: char, repeatable: bool) {
        self.out.push(rune);
        self.repeatable = repeatable;
        self.repeats.last = 1;
    }

    fn close_group(&mut self) {
        let inner = std::mem::replace(&mut self.repeats, self.groups.pop().unwrap_or_default());
        self.push(')', true);
        self.repeats.last = inner.most;
    }

    fn rest(&mut self) -> &'p str {
        self.runes.peek().map_or("", |&(at, _)| &self.pattern[at..])
    }

    /// Skips as many bytes, which end at a rune.
    fn skip(&mut self, bytes: usize) {
        let Some(&(start, _)) = self.runes.peek() else {
            return;
        };
        while self.runes.next_if(|&(at, _)| at < start + bytes).is_some() {}
    }

    fn literal(&mut self, rune: char) {
        self.out.push_str(&regex::escape(rune.encode_utf8(&mut [0; 4])));
        self.repeatable = true;
    }

    fn repeat(&mut self, at: usize, operator: char, before: Option<usize>) -> Translated {
        let lazy = self.runes.next_if(|&(_, next)| next == '?').is_some();
        let end = at + 1 + usize::from(lazy);
        if let Some(before) = before {
            return Err(format!(
                "invalid nested repetition operator: `{}`",
                &self.pattern[before..end]
            ));
        }
        if !self.repeatable {
            return Err(format!(
                "missing argument to repetition operator: `{}`",
                &self.pattern[at..end]
            ));
        }
        self.out.push(operator);
        if lazy {
            self.out.push('?');
        }
        self.last_repeat = Some(at);
        Ok(())
    }

    /// `{2,3}`, or a brace that stands for itself.
    fn brace(&mut self, at: usize, before: Option<usize>) -> Translated {
        let Some(len) = counted(&self.pattern[at..]) else {
            self.literal('{');
            return Ok(());
        };
        let text = &self.pattern[at..at + len];
        self.skip(len - 1);
        let lazy = self.runes.next_if(|&(_, next)| next == '?').is_some();
        let shown = &self.pattern[at..at + len + usize::from(lazy)];
        if let Some(before) = before {
            let shown = &self.pattern[before..at + len + usize::from(lazy)];
            return Err(format!("invalid nested repetition operator: `{shown}`"));
        }
        if !self.repeatable {
            return Err(format!("missing argument to repetition operator: `{shown}`"));
        }
        let mut bounds = text[1..len - 1].split(',').map(str::parse::<u32>);
        let low = bounds.next().and_then(Result::ok).unwrap_or(u32::MAX);
        let high = match bounds.next() {
            Some(Ok(high)) => high,
            Some(Err(_)) if !text.ends_with(",}") => u32::MAX,
            _ => low,
        };
        let product = self.repeats.last.saturating_mul(high.max(1));
        if product > MOST_REPEATS || high < low {
            return Err(format!("invalid repeat count: `{text}`"));
        }
        self.repeats = Repeats {
            last: product,
            most: self.repeats.most.max(product),
        };
        self.out.push_str(shown);
        self.last_repeat = Some(at);
        Ok(())
    }

    fn group(&mut self, at: usize) -> Translated {
        self.groups.push(std::mem::take(&mut self.repeats));
        self.repeatable = false;
        self.out.push('(');
        if !self.rest().starts_with('?') {
            return Ok(());
        }
        let rest = &self.pattern[at..];
        if rest.starts_with("(?P<") || rest.starts_with("(?<") {
            return self.named_group(at);
        }
        // flags, up to a colon or the end of the group
        for (offset, rune) in rest.char_indices().skip(2) {
            match rune {
                'i' | 'm' | 's' | 'U' | '-' => {}
                ':' | ')' if offset > 2 || rune == ':' => {
                    self.out.push_str(&rest[1..=offset]);
                    self.skip(offset);
                    if rune == ')' {
                        self.repeats = self.groups.pop().unwrap_or_default();
                    }
                    return Ok(());
                }
                _ => {
                    let shown = &rest[..offset + rune.len_utf8()];
                    return Err(format!("invalid or unsupported Perl syntax: `{shown}`"));
                }
            }
        }
        Err(format!("invalid or unsupported Perl syntax: `{rest}`"))
    }

    fn named_group(&mut self, at: usize) -> Translated {
        let rest = &self.pattern[at..];
        let open = rest.find('<').unwrap_or(0);
        let Some(close) = rest.find('>') else {
            return Err(format!("invalid named capture: `{rest}`"));
        };
        let name = &rest[open + 1..close];
        let valid = !name.is_empty()
            && name
                .chars()
                .all(|rune| rune == '_' || rune.is_ascii_alphanumeric());
        if !valid {
            return Err(format!("invalid named capture: `{}`", &rest[..=close]));
        }
        // names may start with a digit in Go, but not here; groups are then found by number only
        self.out.push_str("?P<");
        if name.starts_with(|rune: char| rune.is_ascii_digit()) {
            self.out.push('_');
        }
        self.out.push_str(name);
        self.out.push('>');
        self.skip(close);
        Ok(())
    }

    fn escape(&mut self, at: usize) -> Translated {
        let Some((next_at, rune)) = self.runes.next() else {
            return Err("trailing backslash at end of expression: ``".to_owned());
        };
        self.repeatable = true;
        self.repeats.last = 1;
        let zero_width = match rune {
            'A' => r"\A",
            'z' => r"\z",
            'b' => r"(?-u:\b)",
            'B' => r"(?-u:\B)",
            'Q' => {
                let rest = &self.pattern[next_at + 1..];
                let end = rest.find(r"\E").unwrap_or(rest.len());
                self.out.push_str(&regex::escape(&rest[..end]));
                self.repeatable |= end > 0;
                self.skip((end + 2).min(rest.len()));
                return Ok(());
            }
            'E' => return Ok(()),
            _ => "",
        };
        self.out.push_str(zero_width);
        if zero_width.is_empty() {
            if let Some(class) = perl_class(rune) {
                self.out.push_str(class);
            } else if matches!(rune, 'p' | 'P') {
                self.unicode_class(at, rune)?;
            } else {
                let code = self.escaped_rune(at, rune)?;
                self.out.push_str(&hex(code));
            }
        }
        Ok(())
    }

    /// An escape that stands for one rune.
    fn escaped_rune(&mut self, at: usize, rune: char) -> Result<u32, String> {
        let octal_follows = self.rest().starts_with(|next: char| next.is_digit(8));
        match rune {
            'a' => Ok(0x07),
            'f' => Ok(0x0c),
            't' => Ok(0x09),
            'n' => Ok(0x0a),
            'r' => Ok(0x0d),
            'v' => Ok(0x0b),
            'x' => self.hexadecimal(at),
            '0' => Ok(self.octal(rune)),
            '1'..='7' if octal_follows => Ok(self.octal(rune)),
            _ if rune.is_ascii() && !rune.is_ascii_alphanumeric() => Ok(rune as u32),
            _ => {
                let shown = &self.pattern[at..at + 1 + rune.len_utf8()];
                Err(format!("invalid escape sequence: `{shown}`"))
            }
        }
    }

    fn octal(&mut self, first: char) -> u32 {
        let mut code = first.to_digit(8).unwrap_or(0);
        for _ in 0..2 {
            let Some((_, digit)) = self.runes.next_if(|&(_, next)| next.is_digit(8)) else {
                break;
            };
            code = code * 8 + digit.to_digit(8).unwrap_or(0);
        }
        code
    }

    fn hexadecimal(&mut self, at: usize) -> Result<u32, String> {
        let rest = self.rest();
        let braced = rest
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
            .map(|(digits, _)| digits);
        let (digits, len) = match braced {
            Some(digits) => (digits, digits.len() + 2),
            None => (rest.get(..2).unwrap_or(rest), 2),
        };
        let code = u32::from_str_radix(digits, 16)
            .ok()
            .filter(|&code| code <= 0x0010_FFFF);
        let Some(code) = code.filter(|_| !digits.starts_with('+')) else {
            let shown: String = self.pattern[at..].chars().take(3).collect();
            return Err(format!("invalid escape sequence: `{shown}`"));
        };
        self.skip(len);
        Ok(code)
    }

    /// `\pL`, `\p{Greek}`, `\p{^Greek}`
    fn unicode_class(&mut self, at: usize, rune: char) -> Translated {
        let rest = self.rest();
        let (name, len) = if let Some(inner) = rest.strip_prefix('{') {
            let close = inner.find('}');
            let name = close.map(|close| &inner[..close]);
            let whole = || format!("invalid character class range: `{}`", &self.pattern[at..]);
            let name = name.ok_or_else(whole)?;
            (name, name.len() + 2)
        } else {
            let len = rest.chars().next().map_or(0, char::len_utf8);
            (&rest[..len], len)
        };
        self.skip(len);
        let (negated, name) = match name.strip_prefix('^') {
            Some(name) => (rune == 'p', name),
            None => (rune == 'P', name),
        };
        let class = format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' });
        if regex::Regex::new(&class).is_err() {
            let end = (at + 2 + len).min(self.pattern.len());
            return Err(format!(
                "invalid character class range: `{}`",
                &self.pattern[at..end]
            ));
        }
        self.out.push_str(&class);
        Ok(())
    }

    fn class(&mut self, start: usize) -> Translated {
        self.out.push('[');
        if self.runes.next_if(|&(_, next)| next == '^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let Some(&(at, rune)) = self.runes.peek() else {
                return Err(format!("missing closing ]: `{}`", &self.pattern[start..]));
            };
            if rune == ']' && !first {
                self.runes.next();
                self.push(']', true);
                return Ok(());
            }
            first = false;
            if self.named_class()? || self.class_escape()? {
                continue;
            }
            let low = self.class_rune(start)?;
            let rest = self.rest();
            let mut high = low;
            if rest.starts_with('-') && !rest.starts_with("-]") && rest.len() > 1 {
                self.runes.next();
                high = self.class_rune(start)?;
            }
            if high < low {
                let end = self.runes.peek().map_or(self.pattern.len(), |&(end, _)| end);
                return Err(format!(
                    "invalid character class range: `{}`",
                    &self.pattern[at..end]
                ));
            }
            self.out.push_str(&hex(low));
            if high > low {
                self.out.push('-');
                self.out.push_str(&hex(high));
            }
        }
    }

    /// `\d`, `\pL` and their like within a class.
    fn class_escape(&mut self) -> Result<bool, String> {
        let mut rest = self.rest().chars();
        if rest.next() != Some('\\') {
            return Ok(false);
        }
        let Some(rune) = rest.next() else { return Ok(false) };
        if let Some(class) = perl_class(rune) {
            self.out.push_str(class);
            self.skip(2);
            return Ok(true);
        }
        if !matches!(rune, 'p' | 'P') {
            return Ok(false);
        }
        let at = self.runes.next().map_or(0, |(at, _)| at);
        self.runes.next();
        self.unicode_class(at, rune)?;
        Ok(true)
    }

    /// One rune of a class, perhaps escaped, by its number.
    fn class_rune(&mut self, start: usize) -> Result<u32, String> {
        match self.runes.next() {
            None => Err(format!("missing closing ]: `{}`", &self.pattern[start..])),
            Some((at, '\\')) => match self.runes.next() {
                None => Err("trailing backslash at end of expression: ``".to_owned()),
                Some((_, rune)) => self.escaped_rune(at, rune),
            },
            Some((_, rune)) => Ok(rune as u32),
        }
    }

    /// `[:alpha:]` within a class.
    fn named_class(&mut self) -> Result<bool, String> {
        let rest = self.rest();
        let Some(end) = rest.strip_prefix("[:").and_then(|inner| inner.find(":]")) else {
            return Ok(false);
        };
        let name = &rest[..end + 4];
        if !POSIX_CLASSES.contains(&name[2..end + 2].trim_start_matches('^')) {
            return Err(format!("invalid character class range: `{name}`"));
        }
        self.out.push_str(name);
        self.skip(name.len());
        Ok(true)
    }
}

fn hex(code: u32) -> String {
    format!("\\x{{{code:X}}}")
}

fn perl_class(rune: char) -> Option<&'static str> {
    Some(match rune {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => r"[\t\n\f\r ]",
        'S' => r"[^\t\n\f\r ]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        _ => return None,
    })
}

/// Length of a repetition in braces, if the text starts with one.
fn counted(text: &str) -> Option<usize> {
    let end = text.find('}')?;
    let (low, high) = text[1..end].split_once(',').unwrap_or((&text[1..end], ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!low.is_empty() && digits(low) && digits(high)).then_some(end + 1)
}
