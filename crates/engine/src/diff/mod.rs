//! What differs between two or more states of an object, field by field, and whose change it is.
//!
//! Secret values are masked before anything here sees them, see [`redact`](crate::redact).

mod label;
mod report;

pub use self::{
    label::Label,
    report::{DiffMode, FieldDiff, ObjectChange, ObjectDiff},
};
