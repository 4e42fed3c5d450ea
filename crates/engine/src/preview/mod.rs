//! What a change of the desired state would do, seen from three states: the base it starts from, the head it
//! proposes, and what is live. Each differing field is labelled with whose change it is.
//!
//! Pure: whoever has no cluster gives no live state, and gets what the change itself says.

mod fields;
mod objects;

pub use self::{
    fields::{FieldPreview, Sides, preview_fields},
    objects::{LiveState, ObjectPreview, PreviewInput, Verdict, preview},
};
