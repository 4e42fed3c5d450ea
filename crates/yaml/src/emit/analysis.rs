use super::Style;

/// What the characters of a string allow.
#[expect(clippy::struct_excessive_bools, reason = "four independent findings")]
#[derive(Clone, Copy, Debug)]
pub(super) struct Analysis {
    pub(super) multiline: bool,
    pub(super) plain_allowed: bool,
    pub(super) single_quoted_allowed: bool,
    pub(super) block_allowed: bool,
}

/// Bytes that are ordinary wherever they stand but at the start.
const ORDINARY: [bool; 256] = ordinary();

const fn ordinary() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0x21;
    while byte < 0x7F {
        table[byte] = !matches!(byte as u8, b':' | b'#');
        byte += 1;
    }
    table
}

impl Analysis {
    pub(super) fn of(text: &str, style: Style) -> Self {
        let bytes = text.as_bytes();
        let starts_marked = text.starts_with("---") || text.starts_with("...");
        let first = bytes.first().copied().unwrap_or_default();
        if first.is_ascii_alphanumeric() && bytes.iter().all(|&byte| ORDINARY[usize::from(byte)]) {
            return Self {
                multiline: false,
                plain_allowed: true,
                single_quoted_allowed: true,
                block_allowed: true,
            };
        }
        let mut scan = Scan {
            indicators: starts_marked || starts_with_indicator(bytes),
            ..Scan::default()
        };
        scan.run(text);
        scan.verdict(style)
    }
}

/// Whether the first character may not begin a plain scalar.
fn starts_with_indicator(bytes: &[u8]) -> bool {
    let Some(first) = bytes.first() else {
        return false;
    };
    match first {
        b'#' | b',' | b'[' | b']' | b'{' | b'}' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\'' | b'"' | b'%'
        | b'@' | b'`' => true,
        b'?' | b':' | b'-' => matches!(bytes.get(1), None | Some(b' ' | b'\t')),
        _ => false,
    }
}

/// What was seen in a string.
#[expect(clippy::struct_excessive_bools, reason = "independent findings")]
#[derive(Default)]
struct Scan {
    indicators: bool,
    line_breaks: bool,
    special: bool,
    tabs: bool,
    leading: bool,
    trailing: bool,
    trailing_space: bool,
    break_space: bool,
    space_break: bool,
}

/// What the character before was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Start,
    Space,
    Tab,
    Break,
    Other,
}

impl Scan {
    fn run(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut before = Before::Start;
        let mut position = 0;
        while position < bytes.len() {
            let byte = bytes[position];
            if ORDINARY[usize::from(byte)] {
                before = Before::Other;
                position += 1;
                continue;
            }
            let (kind, width) = kind_of(&bytes[position..]);
            match kind {
                Kind::Space => {
                    self.leading |= position == 0;
                    self.trailing_space |= position + 1 == bytes.len();
                    self.break_space |= before == Before::Break;
                    before = Before::Space;
                }
                Kind::Break { printable } => {
                    self.line_breaks = true;
                    self.special |= !printable;
                    self.leading |= position == 0;
                    self.trailing |= position + width == bytes.len();
                    self.space_break |= before == Before::Space;
                    before = Before::Break;
                }
                Kind::Tab => {
                    self.tabs = true;
                    before = Before::Tab;
                }
                Kind::Colon => {
                    let next = bytes.get(position + 1);
                    self.indicators |= position > 0 && matches!(next, None | Some(b' ' | b'\t'));
                    before = Before::Other;
                }
                Kind::Hash => {
                    self.indicators |= before != Before::Other;
                    before = Before::Other;
                }
                Kind::Special => {
                    self.special = true;
                    before = Before::Other;
                }
                Kind::Printable => before = Before::Other,
            }
            position += width;
        }
    }

    fn verdict(&self, style: Style) -> Analysis {
        // v2 takes a tab for a special character; v3 only wants it quoted or in a block
        let special = self.special || (self.tabs && style == Style::Compact);
        let broken = self.space_break || special;
        Analysis {
            multiline: self.line_breaks,
            plain_allowed: !(self.leading
                || self.trailing
                || self.trailing_space
                || self.break_space
                || broken
                || self.tabs
                || self.line_breaks
                || self.indicators),
            single_quoted_allowed: !(self.break_space || broken || self.tabs),
            block_allowed: !(self.trailing_space || broken),
        }
    }
}

/// What a character is to the emitter.
enum Kind {
    Space,
    Tab,
    Break { printable: bool },
    Colon,
    Hash,
    Printable,
    Special,
}

/// The character at the start of `bytes`, and how many bytes it takes.
fn kind_of(bytes: &[u8]) -> (Kind, usize) {
    match *bytes {
        [b' ', ..] => (Kind::Space, 1),
        [b'\t', ..] => (Kind::Tab, 1),
        [b'\n', ..] => (Kind::Break { printable: true }, 1),
        [b'\r', ..] => (Kind::Break { printable: false }, 1),
        [b':', ..] => (Kind::Colon, 1),
        [b'#', ..] => (Kind::Hash, 1),
        [0xC2, 0x85, ..] => (Kind::Break { printable: false }, 2),
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => (Kind::Break { printable: true }, 3),
        [first, ..] => {
            let kind = if is_printable(bytes) {
                Kind::Printable
            } else {
                Kind::Special
            };
            let width = match first {
                0x00..=0x7F => 1,
                0x80..=0xDF => 2,
                0xE0..=0xEF => 3,
                0xF0..=0xFF => 4,
            };
            (kind, width)
        }
        [] => (Kind::Printable, 1),
    }
}

/// Whether go-yaml writes the character at the start of `bytes` as it is; it does not those of four bytes.
pub(super) fn is_printable(bytes: &[u8]) -> bool {
    match *bytes {
        [b'\n' | 0x20..=0x7E, ..] => true,
        [0xC2, second, ..] => second >= 0xA0,
        [0xC3..=0xEC | 0xEE, ..] => true,
        [0xED, second, ..] => second < 0xA0,
        [0xEF, 0xBB, 0xBF, ..] => false,
        [0xEF, 0xBF, 0xBE | 0xBF, ..] => false,
        [0xEF, ..] => true,
        _ => false,
    }
}
