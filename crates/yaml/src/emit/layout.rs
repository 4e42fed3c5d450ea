use super::{Context, Emitter, Frame};

/// Spaces for indentation, as many as are usual.
const SPACES: &str = "                                                                ";

impl Emitter<'_> {
    /// Writes what stands before a node in its collection, and says where it stands.
    pub(super) fn begin_node(&mut self, simple: bool) -> Context {
        match self.frames.last().copied() {
            None | Some(Frame::Empty) => Context::Root,
            Some(Frame::Sequence) => {
                self.write_indent();
                self.write_indicator("-", true, true);
                Context::Sequence
            }
            Some(Frame::MappingKey) => {
                self.write_indent();
                self.replace_frame(Frame::MappingValue { simple_key: simple });
                if simple {
                    return Context::SimpleKey;
                }
                self.write_indicator("?", true, true);
                Context::Mapping
            }
            Some(Frame::MappingValue { simple_key }) => {
                if simple_key {
                    self.write_indicator(":", false, false);
                } else {
                    self.write_indent();
                    self.write_indicator(":", true, true);
                }
                self.replace_frame(Frame::MappingKey);
                Context::Mapping
            }
        }
    }

    fn replace_frame(&mut self, frame: Frame) {
        if let Some(last) = self.frames.last_mut() {
            *last = frame;
        }
    }

    /// Sets the indentation of a collection; a compact one stands at the column of its key.
    pub(super) fn increase_indent(&mut self, compact: bool) {
        self.indents.push(self.indent);
        if self.indent < 0 {
            self.indent = 0;
        } else if !compact {
            self.indent += 2;
        }
    }

    /// The indentation of the lines of a scalar after its first.
    pub(super) fn scalar_indent(&self) -> usize {
        (self.indent.max(0) + 2) as usize
    }

    /// Goes to the column at which the open collection's entries begin, on a new line if need be.
    pub(super) fn write_indent(&mut self) {
        self.write_indent_to(self.indent.max(0) as usize);
    }

    pub(super) fn write_indent_to(&mut self, indent: usize) {
        let is_past = self.column > indent || (self.column == indent && !self.whitespace);
        if !self.indention || is_past {
            self.write_break();
        }
        while self.column < indent {
            let count = (indent - self.column).min(SPACES.len());
            self.out.push_str(&SPACES[..count]);
            self.column += count;
        }
        self.whitespace = true;
        self.indention = true;
    }

    pub(super) fn write_indicator(&mut self, indicator: &str, needs_space: bool, is_indention: bool) {
        if needs_space {
            self.write_space();
        }
        self.write_ascii(indicator);
        self.whitespace = false;
        self.indention &= is_indention;
    }

    /// Sets apart what comes next from what was before.
    pub(super) fn write_space(&mut self) {
        if !self.whitespace {
            self.out.push(' ');
            self.column += 1;
        }
    }

    pub(super) fn write_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    pub(super) fn write_ascii(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.len();
    }

    pub(super) fn write_text(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += if text.is_ascii() {
            text.len()
        } else {
            text.chars().count()
        };
    }

    pub(super) fn write_char(&mut self, character: char) {
        self.out.push(character);
        self.column += 1;
    }
}
