//! Values to text: go-yaml v2's emitter, and what v3's does otherwise.

mod analysis;
mod layout;
mod order;
mod scalar;
mod value;

pub use order::{compare_keys, sort_keys};
pub use value::{append, append_node, to_pretty_string, to_string};

/// Which of Go's emitters is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// go-yaml v2: sequences at the column of their key, folded at 80 columns (`toYaml`, `kustomize build`).
    Compact,
    /// go-yaml v3 with an indent of 2: sequences two columns further, nothing folded (`toYamlPretty`).
    Pretty,
}

impl Style {
    /// The column beyond which text is folded.
    fn width(self) -> usize {
        match self {
            Self::Compact => 80,
            Self::Pretty => usize::MAX,
        }
    }
}

/// A collection that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    /// An empty one, written already.
    Empty,
    Sequence,
    /// A mapping whose next key, or the value of whose last key, comes next.
    MappingKey,
    MappingValue {
        simple_key: bool,
    },
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Root,
    Sequence,
    SimpleKey,
    Mapping,
}

/// Writes one document, node by node: begin a mapping, then keys and values in turn, then end it. Keys must come
/// in the order of [`compare_keys`] and are strings.
#[derive(Debug)]
pub struct Emitter<'o> {
    out: &'o mut String,
    style: Style,
    frames: Vec<Frame>,
    indents: Vec<isize>,
    /// Column of the open collection; -1 outside of all.
    indent: isize,
    column: usize,
    /// Whether the last character was white space, or nothing was written.
    whitespace: bool,
    /// Whether the line holds nothing but indentation and `-`, `?` or `:`.
    indention: bool,
}

impl<'o> Emitter<'o> {
    /// Begins a document at the end of `out`, which must be at the start of a line.
    pub fn new(out: &'o mut String, style: Style) -> Self {
        Self {
            out,
            style,
            frames: Vec::with_capacity(16),
            indents: Vec::with_capacity(16),
            indent: -1,
            column: 0,
            whitespace: true,
            indention: true,
        }
    }

    /// Ends the document with a line break.
    pub fn finish(mut self) {
        self.write_indent();
    }

    /// Begins a sequence that will have so many items.
    pub fn begin_sequence(&mut self, length: usize) {
        let context = self.begin_node(false);
        if length == 0 {
            self.write_indicator("[]", true, false);
            self.frames.push(Frame::Empty);
            return;
        }
        let compact = self.style == Style::Compact && context == Context::Mapping && !self.indention;
        self.increase_indent(compact);
        self.frames.push(Frame::Sequence);
    }

    /// Begins a mapping that will have so many entries.
    pub fn begin_mapping(&mut self, length: usize) {
        self.begin_node(false);
        if length == 0 {
            self.write_indicator("{}", true, false);
            self.frames.push(Frame::Empty);
            return;
        }
        self.increase_indent(false);
        self.frames.push(Frame::MappingKey);
    }

    /// Ends the collection that was begun last.
    pub fn end(&mut self) {
        if self.frames.pop() != Some(Frame::Empty) {
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// `null`
    pub fn null(&mut self) {
        self.word("null");
    }

    /// `true` or `false`
    pub fn boolean(&mut self, value: bool) {
        self.word(if value { "true" } else { "false" });
    }

    /// A signed integer.
    pub fn integer(&mut self, value: i64) {
        self.word(itoa::Buffer::new().format(value));
    }

    /// An unsigned integer.
    pub fn unsigned(&mut self, value: u64) {
        self.word(itoa::Buffer::new().format(value));
    }

    /// A float, as Go's `FormatFloat` with `g` writes it: `1e+06` for a million.
    pub fn float(&mut self, value: f64) {
        self.word(&crate::float::general(value));
    }

    /// Something that is written as it is and needs no quotes.
    fn word(&mut self, text: &str) {
        self.begin_node(true);
        self.write_space();
        self.write_ascii(text);
        self.whitespace = false;
        self.indention = false;
    }
}
