//! Events to values: what go-yaml decodes, as JSON sees it.
//!
//! Most documents have neither anchors nor merges and are built as they are parsed (`direct`). Whatever needs
//! more, and whatever is wrong, goes over a tree (`tree`) that is then decoded by the rules of v2 or v3.

mod direct;
mod documents;
mod folded;
mod go_syntax;
mod json;
mod key;
mod output;
mod tree;
mod v2;
mod v3;
mod walk;

use serde_json::Value;

pub use documents::{Document, Documents, NodeDocuments};
pub(crate) use json::value_of;

use crate::error::{Error, Mark};
use crate::input::Input;
use crate::parser::Parser;

/// Which of Go's readers a text is read as; they resolve scalars differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// go-yaml v2 through `sigs.k8s.io/yaml`: `y`, `no`, `on` are booleans. Helm values, `Chart.yaml`, kustomization files.
    V2,
    /// go-yaml v3: old booleans stay strings. Kubernetes resources.
    V3,
}

/// How a text is read, and how much of it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The rules.
    pub reader: Reader,
    /// Whether v2 refuses a key that is set twice, as `UnmarshalStrict` does; v3 always does.
    pub strict: bool,
    /// The most bytes that are read.
    pub max_size: usize,
    /// How deep values may nest. Go's own bound is 10,000; whoever walks a value needs stack for each level.
    pub max_depth: usize,
    /// Whether nodes are read as if go-yaml v3 had printed them once before, which changes some folded texts.
    pub reprinted: bool,
}

impl Options {
    /// No strictness, 64 MiB, 500 levels.
    pub fn new(reader: Reader) -> Self {
        Self {
            reader,
            strict: false,
            max_size: 64 << 20,
            max_depth: 500,
            reprinted: false,
        }
    }

    /// Refuses keys that are set twice.
    #[must_use]
    pub fn strict(self) -> Self {
        Self { strict: true, ..self }
    }

    /// Reads nodes as if go-yaml v3 had printed them once before.
    #[must_use]
    pub fn reprinted(self) -> Self {
        Self {
            reprinted: true,
            ..self
        }
    }

    fn check_size(&self, text: &[u8]) -> Result<(), Error> {
        let limit = self.max_size.min(u32::MAX as usize);
        if text.len() <= limit {
            return Ok(());
        }
        let problem = format!("{} bytes are more than the limit of {limit}", text.len());
        Err(Error::unplaced(Mark::default(), problem))
    }
}

/// The first document of a text; an empty text is null. As in Go, what follows the first document is not read.
pub fn from_slice(text: &[u8], reader: Reader) -> Result<Value, Error> {
    read(text, &Options::new(reader))
}

/// Like [`from_slice`], within the bounds and with the strictness of `options`.
pub fn read(text: &[u8], options: &Options) -> Result<Value, Error> {
    options.check_size(text)?;
    let input = Input::decode(text);
    let mut parser = Parser::new(&input.text, input.failure, options.reader);
    let document = documents::next(&mut parser, options)?;
    Ok(document.map_or(Value::Null, |content| content.value))
}

/// The documents of a text, in order. After a mistake of the syntax there are no more; a document whose values
/// do not fit is an error of its own.
pub fn documents(text: &[u8], reader: Reader) -> Documents<'_> {
    Documents::new(text, Options::new(reader))
}

/// Like [`documents`], within the bounds and with the strictness of `options`.
pub fn read_documents(text: &[u8], options: Options) -> Documents<'_> {
    Documents::new(text, options)
}

/// The documents of a text as nodes, in order: each scalar with its text, keys in the order written, anchors and
/// merges expanded. Errors are as for [`documents`].
pub fn nodes(text: &[u8], reader: Reader) -> NodeDocuments<'_> {
    NodeDocuments::new(text, Options::new(reader))
}

/// Like [`nodes`], within the bounds and with the strictness of `options`.
pub fn read_nodes(text: &[u8], options: Options) -> NodeDocuments<'_> {
    NodeDocuments::new(text, options)
}
