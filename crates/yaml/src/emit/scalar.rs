use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::analysis::{Analysis, is_printable};
use super::{Context, Emitter, Style};
use crate::Reader;
use crate::resolve::{classify, is_base60, old_boolean};
use crate::scanner::ScalarStyle;

/// How long a key may be that needs no `?`.
const MAX_SIMPLE_KEY: usize = 128;

/// How many characters of base64 stand on a line.
const BASE64_LINE: usize = 70;

const BYTE_ORDER_MARK: char = '\u{FEFF}';

impl Emitter<'_> {
    /// A string.
    pub fn string(&mut self, text: &str) {
        let wanted = if text.contains('\n') {
            ScalarStyle::Literal
        } else if reads_as_string(text, self.style) {
            ScalarStyle::Plain
        } else {
            ScalarStyle::DoubleQuoted
        };
        self.scalar(text, wanted, "");
    }

    /// Bytes: a string if they are UTF-8, else `!!binary`.
    pub fn bytes(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.string(text),
            Err(_) => self.binary(bytes),
        }
    }

    fn binary(&mut self, bytes: &[u8]) {
        let encoded = STANDARD.encode(bytes);
        if encoded.len() < BASE64_LINE {
            return self.scalar(&encoded, ScalarStyle::Plain, "!!binary");
        }
        let mut lines = String::with_capacity(encoded.len() + encoded.len() / BASE64_LINE + 1);
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(BASE64_LINE));
            lines.push_str(line);
            lines.push('\n');
            rest = after;
        }
        self.scalar(&lines, ScalarStyle::Literal, "!!binary");
    }

    fn scalar(&mut self, text: &str, wanted: ScalarStyle, tag: &str) {
        let analysis = Analysis::of(text, self.style);
        let simple = !analysis.multiline && text.len() + tag.len() <= MAX_SIMPLE_KEY;
        let context = self.begin_node(simple);
        let style = choose(wanted, analysis, context, text);
        if !tag.is_empty() {
            self.write_space();
            self.write_ascii(tag);
            self.whitespace = false;
            self.indention = false;
        }
        let may_fold = context != Context::SimpleKey;
        match style {
            ScalarStyle::Plain => self.write_plain(text, may_fold),
            ScalarStyle::SingleQuoted => self.write_single_quoted(text, may_fold),
            ScalarStyle::DoubleQuoted => self.write_double_quoted(text, may_fold),
            ScalarStyle::Literal | ScalarStyle::Folded => self.write_literal(text),
        }
    }

    fn write_plain(&mut self, text: &str, may_fold: bool) {
        self.write_space();
        if may_fold && self.column + text.len() > self.style.width() {
            self.write_folded(text);
        } else {
            self.write_text(text);
        }
        self.whitespace = false;
        self.indention = false;
    }

    /// Writes text that neither begins nor ends with a space, on a new line after each single space that is
    /// beyond the width.
    fn write_folded(&mut self, text: &str) {
        let mut words = text.split(' ').peekable();
        // an empty word means that two spaces stood together
        let mut after_space = false;
        while let Some(word) = words.next() {
            if !word.is_empty() {
                self.write_text(word);
                self.indention = false;
                after_space = false;
            }
            let Some(next) = words.peek() else { break };
            if !after_space && self.column > self.style.width() && !next.is_empty() {
                self.write_indent_to(self.scalar_indent());
            } else {
                self.write_char(' ');
            }
            after_space = true;
        }
    }

    fn write_single_quoted(&mut self, text: &str, may_fold: bool) {
        self.write_indicator("'", true, false);
        let mut spaces = false;
        let mut breaks = false;
        let mut characters = text.char_indices().peekable();
        while let Some((position, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            match character {
                ' ' => {
                    let inner = position > 0 && next.is_some_and(|next| next != ' ');
                    if may_fold && !spaces && inner && self.column > self.style.width() {
                        self.write_indent_to(self.scalar_indent());
                    } else {
                        self.write_char(' ');
                    }
                    spaces = true;
                }
                '\u{2028}' | '\u{2029}' => {
                    self.write_unusual_break(character);
                    breaks = true;
                }
                character => {
                    if breaks {
                        self.write_indent_to(self.scalar_indent());
                    }
                    if character == '\'' {
                        self.write_char('\'');
                    }
                    self.write_char(character);
                    self.indention = false;
                    spaces = false;
                    breaks = false;
                }
            }
        }
        self.write_indicator("'", false, false);
    }

    fn write_double_quoted(&mut self, text: &str, may_fold: bool) {
        self.write_indicator("\"", true, false);
        // go-yaml looks for the mark at the start of the text when it asks about any of its characters
        let escape_all = text.starts_with(BYTE_ORDER_MARK);
        let last = text.len().saturating_sub(1);
        let mut spaces = false;
        let mut characters = text.char_indices().peekable();
        while let Some((position, character)) = characters.next() {
            if escape_all || needs_escape(&text.as_bytes()[position..], character) {
                self.write_escaped(character);
                spaces = false;
            } else if character == ' ' {
                let inner = position > 0 && position < last;
                if may_fold && !spaces && inner && self.column > self.style.width() {
                    self.write_indent_to(self.scalar_indent());
                    if characters.peek().is_some_and(|(_, next)| *next == ' ') {
                        self.write_char('\\');
                    }
                } else {
                    self.write_char(' ');
                }
                spaces = true;
            } else {
                self.write_char(character);
                spaces = false;
            }
        }
        self.write_indicator("\"", false, false);
    }

    fn write_escaped(&mut self, character: char) {
        let short = match character {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => {
                let code = u32::from(character);
                return match code {
                    0..=0xFF => self.write_ascii(&format!("\\x{code:02X}")),
                    0x100..=0xFFFF => self.write_ascii(&format!("\\u{code:04X}")),
                    _ => self.write_ascii(&format!("\\U{code:08X}")),
                };
            }
        };
        self.write_char('\\');
        self.write_char(short);
    }

    fn write_literal(&mut self, text: &str) {
        self.write_indicator("|", true, false);
        if text.starts_with([' ', '\n', '\u{2028}', '\u{2029}']) {
            self.write_indicator("2", false, false);
        }
        let chomping = chomping(text);
        if !chomping.is_empty() {
            self.write_indicator(chomping, false, false);
        }
        self.write_break();
        self.indention = true;
        self.whitespace = true;
        for line in text.split_inclusive(['\n', '\u{2028}', '\u{2029}']) {
            let content = line.trim_end_matches(['\n', '\u{2028}', '\u{2029}']);
            if !content.is_empty() {
                self.write_indent_to(self.scalar_indent());
                self.write_text(content);
                self.indention = false;
            }
            match line[content.len()..].chars().next() {
                Some('\n') => {
                    self.write_break();
                    self.indention = true;
                }
                Some(unusual) => self.write_unusual_break(unusual),
                None => {}
            }
        }
    }

    /// Writes a line break that stays as it is.
    fn write_unusual_break(&mut self, character: char) {
        self.out.push(character);
        self.column = 0;
        self.indention = true;
    }
}

/// Whether a text without quotes is read as a string, by old readers too.
fn reads_as_string(text: &str, style: Style) -> bool {
    let reader = match style {
        Style::Compact => Reader::V2,
        Style::Pretty => Reader::V3,
    };
    if classify(reader, text, true).is_some() || old_boolean(text).is_some() {
        return false;
    }
    let numeric = text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '-'));
    !(numeric && is_base60(text))
}

/// The style that is wanted, or the next that the text allows.
fn choose(wanted: ScalarStyle, analysis: Analysis, context: Context, text: &str) -> ScalarStyle {
    let is_key = context == Context::SimpleKey;
    let mut style = wanted;
    if is_key && analysis.multiline {
        style = ScalarStyle::DoubleQuoted;
    }
    if style == ScalarStyle::Plain && (!analysis.plain_allowed || (is_key && text.is_empty())) {
        style = ScalarStyle::SingleQuoted;
    }
    if style == ScalarStyle::SingleQuoted && !analysis.single_quoted_allowed {
        style = ScalarStyle::DoubleQuoted;
    }
    if style == ScalarStyle::Literal && (!analysis.block_allowed || is_key) {
        style = ScalarStyle::DoubleQuoted;
    }
    style
}

/// Whether a character, with which `bytes` begin, cannot stand for itself in double quotes.
fn needs_escape(bytes: &[u8], character: char) -> bool {
    !is_printable(bytes) || matches!(character, '"' | '\\' | '\n' | '\u{2028}' | '\u{2029}')
}

/// What says how the text of a block ends.
fn chomping(text: &str) -> &'static str {
    let is_break = |character: Option<char>| matches!(character, Some('\n' | '\u{2028}' | '\u{2029}'));
    let mut backwards = text.chars().rev();
    if !is_break(backwards.next()) {
        return "-";
    }
    match backwards.next() {
        None => "+",
        last if is_break(last) => "+",
        Some(_) => "",
    }
}
