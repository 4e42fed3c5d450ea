//! What names an object while it is built: group, version, kind, namespace and name, and how these match.

mod gvk;
mod resid;

pub(crate) use gvk::Gvk;
pub(crate) use gvk::{ORDER_FIRST, ORDER_LAST, rank};
pub(crate) use resid::{IdKey, NO_NAMESPACE_AT_ALL, ResId};
