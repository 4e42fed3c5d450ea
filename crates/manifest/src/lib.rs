//! What everything else speaks: a [`Tree`] of files, the [`Object`]s found in it, the [`ResourceKey`] that
//! names one, and the reading of document streams in between.
//!
//! This crate knows no network, no cluster and no async. The one door to a disk is [`Tree::directory`], for
//! the programs; renderers are handed a `Tree` and never ask where its bytes come from.
//!
//! Object data is a [`serde_json::Value`]: the model that Kubernetes itself speaks. Code must not rely on the
//! order in which its maps iterate; whoever prints sorts.

mod key;
mod object;
pub mod stream;
pub mod tree;

pub use key::{GroupKind, GroupVersionKind, ResourceKey};
pub use object::{InvalidObject, Object, Origin};
pub use tree::{Tree, TreePath};
