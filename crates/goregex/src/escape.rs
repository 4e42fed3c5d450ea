//! Escapes and bracketed classes.

use super::translate::{Translated, Translator};

const POSIX_CLASSES: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space",
    "upper", "word", "xdigit",
];

impl Translator<'_> {
    pub(super) fn escape(&mut self, at: usize) -> Translated {
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

    pub(super) fn class(&mut self, start: usize) -> Translated {
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
