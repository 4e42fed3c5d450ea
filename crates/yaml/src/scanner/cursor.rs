use crate::error::Mark;

/// A place in a text that knows its line and column.
///
/// The text holds no NUL, so that NUL can stand for its end.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    position: usize,
    line: u32,
    /// Where the line would begin if each of its characters were one byte.
    line_base: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            position: 0,
            line: 0,
            line_base: 0,
        }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn column(&self) -> usize {
        self.position - self.line_base
    }

    pub(super) fn line(&self) -> u32 {
        self.line
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            line: self.line,
            column: self.column() as u32,
        }
    }

    /// Whether no more than `margin` bytes are left.
    pub(super) fn is_near_end(&self, margin: usize) -> bool {
        self.position + margin >= self.text.len()
    }

    /// The text from `from` to the cursor.
    pub(super) fn since(&self, from: usize) -> &'a str {
        self.slice(from, self.position)
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        &self.text[from..to]
    }

    /// The byte `offset` after the cursor; NUL at the end.
    #[inline]
    pub(super) fn peek(&self, offset: usize) -> u8 {
        self.byte(self.position + offset)
    }

    #[inline]
    fn byte(&self, position: usize) -> u8 {
        self.text.as_bytes().get(position).copied().unwrap_or(0)
    }

    pub(super) fn is_end(&self) -> bool {
        self.position >= self.text.len()
    }

    #[inline]
    pub(super) fn is_blank(&self, offset: usize) -> bool {
        matches!(self.peek(offset), b' ' | b'\t')
    }

    #[inline]
    pub(super) fn is_break(&self, offset: usize) -> bool {
        self.break_width(offset) != 0
    }

    #[inline]
    pub(super) fn is_break_or_end(&self, offset: usize) -> bool {
        self.peek(offset) == 0 || self.is_break(offset)
    }

    #[inline]
    pub(super) fn is_blank_break_or_end(&self, offset: usize) -> bool {
        self.is_blank(offset) || self.is_break_or_end(offset)
    }

    /// How many bytes the line break takes that is `offset` after the cursor; 0 when there is none.
    #[inline]
    fn break_width(&self, offset: usize) -> usize {
        match self.peek(offset) {
            b'\n' => 1,
            b'\r' if self.peek(offset + 1) == b'\n' => 2,
            b'\r' => 1,
            0xC2 if self.peek(offset + 1) == 0x85 => 2,
            0xE2 if self.peek(offset + 1) == 0x80 && matches!(self.peek(offset + 2), 0xA8 | 0xA9) => 3,
            _ => 0,
        }
    }

    /// Whether `---` or `...` stands here at the start of a line.
    pub(super) fn is_document_indicator(&self) -> bool {
        self.column() == 0 && (self.is_marker(b'-') || self.is_marker(b'.'))
    }

    /// Whether `byte` stands here three times, as a word of its own.
    pub(super) fn is_marker(&self, byte: u8) -> bool {
        self.peek(0) == byte && self.peek(1) == byte && self.peek(2) == byte && self.is_blank_break_or_end(3)
    }

    /// Passes one character.
    #[inline]
    pub(super) fn skip(&mut self) {
        let width = match self.peek(0) {
            0 => return,
            0x01..=0x7F => 1,
            0x80..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xFF => 4,
        };
        self.position += width;
        self.line_base += width - 1;
    }

    /// Passes so many bytes of ASCII.
    pub(super) fn skip_ascii(&mut self, count: usize) {
        self.position += count;
    }

    /// Passes spaces.
    pub(super) fn skip_spaces(&mut self) {
        while self.peek(0) == b' ' {
            self.position += 1;
        }
    }

    /// Passes spaces and tabs.
    pub(super) fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.position += 1;
        }
    }

    /// Passes the line break that stands here, if one does, and says what a scalar keeps of it.
    pub(super) fn read_break(&mut self) -> &'static str {
        let width = self.break_width(0);
        let kept = match (width, self.peek(2)) {
            (0, _) => return "",
            (3, 0xA8) => "\u{2028}",
            (3, _) => "\u{2029}",
            _ => "\n",
        };
        self.position += width;
        self.line += 1;
        self.line_base = self.position;
        kept
    }

    /// Makes the column 0 at the end of the text, as if a line break stood there.
    pub(super) fn force_new_line(&mut self) {
        if self.column() != 0 {
            self.line += 1;
            self.line_base = self.position;
        }
    }

    /// Moves on within the line.
    pub(super) fn advance_to(&mut self, position: usize) {
        let run = &self.text.as_bytes()[self.position..position];
        if !run.is_ascii() {
            self.line_base += run.iter().filter(|&&byte| byte & 0xC0 == 0x80).count();
        }
        self.position = position;
    }

    /// Where the line ends on which the cursor stands.
    pub(super) fn line_end(&self) -> usize {
        // part by part, so that many lines with unusual ends do not each look at the whole text
        const PART: usize = 256;
        let rest = &self.text.as_bytes()[self.position..];
        for (index, part) in rest.chunks(PART).enumerate() {
            let from = index * PART;
            let end = memchr::memchr2(b'\n', b'\r', part);
            let line = &part[..end.unwrap_or(part.len())];
            if !line.is_ascii() {
                let mut offsets = from..from + line.len();
                if let Some(unusual) = offsets.find(|&offset| rest[offset] >= 0x80 && self.is_break(offset)) {
                    return self.position + unusual;
                }
            }
            if let Some(end) = end {
                return self.position + from + end;
            }
        }
        self.text.len()
    }

    pub(super) fn skip_to_line_end(&mut self) {
        self.advance_to(self.line_end());
    }

    /// Whether only blanks stand between the last line break and the cursor.
    pub(super) fn is_first_on_line(&self) -> bool {
        let before = self.text[..self.position].trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
    }
}
