use std::iter::Peekable;
use std::str::CharIndices;

/// Go's limit of a repetition.
const MOST_REPEATS: u32 = 1000;

/// The expression in the other syntax, or what Go says behind `error parsing regexp: `.
pub fn translate(pattern: &str) -> Result<String, String> {
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

pub(super) struct Translator<'p> {
    pub(super) pattern: &'p str,
    pub(super) runes: Peekable<CharIndices<'p>>,
    pub(super) out: String,
    /// What was counted in the groups around this place.
    groups: Vec<Repeats>,
    pub(super) repeats: Repeats,
    /// Whether there is something before this place that can be repeated.
    pub(super) repeatable: bool,
    /// Where the repetition operator right before this place starts.
    last_repeat: Option<usize>,
}

/// How often things are repeated by counts: the last thing, and the one that is repeated most.
pub(super) struct Repeats {
    pub(super) last: u32,
    most: u32,
}

impl Default for Repeats {
    fn default() -> Self {
        Self { last: 1, most: 1 }
    }
}

pub(super) type Translated = Result<(), String>;

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

    pub(super) fn push(&mut self, rune: char, repeatable: bool) {
        self.out.push(rune);
        self.repeatable = repeatable;
        self.repeats.last = 1;
    }

    fn close_group(&mut self) {
        let inner = std::mem::replace(&mut self.repeats, self.groups.pop().unwrap_or_default());
        self.push(')', true);
        self.repeats.last = inner.most;
    }

    pub(super) fn rest(&mut self) -> &'p str {
        self.runes.peek().map_or("", |&(at, _)| &self.pattern[at..])
    }

    /// Skips as many bytes, which end at a rune.
    pub(super) fn skip(&mut self, bytes: usize) {
        let Some(&(start, _)) = self.runes.peek() else {
            return;
        };
        while self.runes.next_if(|&(at, _)| at < start + bytes).is_some() {}
    }

    pub(super) fn literal(&mut self, rune: char) {
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
}

/// Length of a repetition in braces, if the text starts with one.
fn counted(text: &str) -> Option<usize> {
    let end = text.find('}')?;
    let (low, high) = text[1..end].split_once(',').unwrap_or((&text[1..end], ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!low.is_empty() && digits(low) && digits(high)).then_some(end + 1)
}
