//! What the server's own types make of an object between the merge and its answer: nulls go, quantities are
//! written in one way, bytes must be base64, absent fields get their defaults.

mod daemon_set;
mod defaults;
mod normalise;
mod quantity;
mod service;
mod strategy;

use std::sync::LazyLock;

use serde_json::{Map, Value};

pub(crate) use defaults::{Default, built_in_defaults, omitted_zeros, stated_default};
pub(crate) use normalise::normalise;
pub(crate) use quantity::same_quantity;
pub(crate) use strategy::follow_strategy;

/// The types of `metadata`, in the form of OpenAPI: every custom resource has them.
pub(crate) fn object_meta_types() -> &'static Map<String, Value> {
    static TYPES: LazyLock<Map<String, Value>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/object-meta.json"))
            .expect("the file is part of the crate")
    });
    &TYPES
}
