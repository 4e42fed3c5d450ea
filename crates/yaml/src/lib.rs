//! Reads and writes YAML as Go's tools do: what go-yaml v2 and v3 accept, how they resolve scalars, and the
//! bytes that go-yaml v2's emitter prints. It knows nothing of Kubernetes.
//!
//! Text goes through `input` (bytes to characters), `scanner` (to tokens), `parser` (to events), `resolve` (what a
//! scalar means) and `compose` (to values); `emit` goes the other way. Structure and verdicts of scanner and
//! parser are libyaml's, with the changes that go-yaml made; so are the words of the errors, which
//! [`Error::go_text`] gives with the line that Go's tools would print.
//!
//! Values carry no places; [`find`] reads a text again for whoever has to tell a user where something stands.
//!
//! It differs from go-yaml on purpose in this: values nest less deeply ([`Options::max_depth`]), aliases may not
//! repeat more text than a document may have, at most 100 problems of values are told, v3's anchors end with their
//! document, and strings that Go's detour over JSON would spoil when they are written (U+0085, U+007F to U+009F)
//! stay what they are.

mod compose;
mod emit;
mod error;
mod find;
mod float;
mod input;
mod node;
mod parser;
mod resolve;
mod scanner;

pub use compose::{
    Document, Documents, NodeDocuments, Options, Reader, documents, from_slice, nodes, read, read_documents,
    read_nodes,
};
pub use emit::{Emitter, Style, append, append_node, compare_keys, sort_keys, to_pretty_string, to_string};
pub use error::Error;
pub use find::{Found, Path, Step, find};
pub use node::{Node, NodeDocument, Scalar, Tag, resolve};
