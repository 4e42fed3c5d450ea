//! What differs between states of an object, field by field, and whose change it is.
//!
//! Secret values are masked before anything here compares or shows them.

mod explanation;
mod label;
mod live;
mod noise;
mod report;
mod walk;

pub(crate) use self::walk::leaves;
pub use self::{
    explanation::{Explanation, Fate, FieldOwner},
    label::Label,
    live::{LiveDiff, live_fields},
    noise::without_noise,
    report::{Answer, DiffMode, Fallback, FieldDiff, ObjectChange, ObjectDiff, UnknownField},
};
