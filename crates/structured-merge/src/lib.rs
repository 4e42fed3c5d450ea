//! Server-side apply without a server: what an object's fields are owned by, and what an apply would leave.
//!
//! The API server merges an applied configuration into the live object by rules that depend on nothing but
//! the live object, its `managedFields`, the configuration, the manager and the schema. This crate knows
//! those rules. It asks nobody: no cluster, no file, no clock. Where the outcome depends on what only the
//! server knows (defaults, webhooks, conversions), it says so instead of guessing.
//!
//! - [`FieldSet`] and [`ManagedFieldsEntry`]: ownership, read and written as the server does;
//! - [`Predictor`], [`apply`]: the whole apply by a schema: the object, its managed fields, conflicts, errors;
//!   [`Applied::explain`] says what happens to each field, and whose it is;
//! - [`unchanged`] and [`OwnedFields`]: whether an apply would change nothing, without a schema; [`contested`]: fields
//!   for which it would be refused;
//! - [`migration`]: moves the fields that client-side apply left behind to a server-side manager.

mod apply;
mod field_set;
mod managed_fields;
pub mod migration;
mod no_op;
mod path;
mod predictor;
mod schema;
mod typed;
mod wire;

pub use apply::{
    Action, Applied, ApplyOptions, Changes, Conflict, Conflicts, Doubt, FieldChange, Invalid, Outcome, Owner,
    apply,
};
pub use field_set::{FieldSet, InvalidFieldSet};
pub use managed_fields::{InvalidManagedFields, ManagedFieldsEntry, Operation};
pub use no_op::{NoOp, OwnedFields, contested, unchanged};
pub use path::{InvalidPathElement, Key, Path, PathElement, Scalar};
pub use predictor::Predictor;
pub use schema::{
    InvalidSchema, ObjectSchema, StatusSubresource, Versions, custom_resource_schemas, open_api_schemas,
};
pub use typed::{ValidationError, ValidationErrors};
