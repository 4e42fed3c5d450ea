use std::fmt;

use super::Gvk;

const DEFAULT_NAMESPACE: &str = "default";
/// Stands in the place of a namespace for what lives outside of them.
pub(crate) const NO_NAMESPACE_AT_ALL: &str = "_non_namespaceable_";

/// The identity of an object, now or earlier in its life.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ResId {
    pub(crate) gvk: Gvk,
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) cluster_scoped: bool,
}

impl ResId {
    /// An identity of which nobody asked whether its kind lives in namespaces.
    pub(crate) fn unscoped(gvk: Gvk, name: &str, namespace: &str) -> Self {
        Self {
            gvk,
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            cluster_scoped: false,
        }
    }

    /// The namespace in which it ends up.
    pub(crate) fn effective_namespace(&self) -> &str {
        if self.cluster_scoped {
            NO_NAMESPACE_AT_ALL
        } else if self.namespace.is_empty() {
            DEFAULT_NAMESPACE
        } else {
            &self.namespace
        }
    }

    pub(crate) fn same_namespace(&self, other: &Self) -> bool {
        self.effective_namespace() == other.effective_namespace()
    }

    pub(crate) fn same_object(&self, other: &Self) -> bool {
        self.name == other.name && self.gvk == other.gvk && self.same_namespace(other)
    }

    /// Whether this is what the selector asks for; its empty parts match everything.
    pub(crate) fn is_selected_by(&self, selector: &Self) -> bool {
        (selector.name.is_empty() || selector.name == self.name)
            && (selector.namespace.is_empty() || selector.same_namespace(self))
            && self.gvk.is_selected_by(&selector.gvk)
    }

    /// What two ids share if and only if they are the same object.
    pub(crate) fn key(&self) -> IdKey {
        IdKey {
            gvk: self.gvk.clone(),
            name: self.name.clone(),
            namespace: self.effective_namespace().to_owned(),
        }
    }
}

/// An id as a key: equal for [`ResId::same_object`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct IdKey {
    gvk: Gvk,
    name: String,
    namespace: String,
}

impl fmt::Display for ResId {
    /// `Deployment.v1.apps/web.shop`, with `[noNs]` and its like for what is missing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text, missing| if str::is_empty(text) { missing } else { text };
        write!(
            f,
            "{}/{}.{}",
            self.gvk,
            or(&self.name, "[noName]"),
            or(&self.namespace, "[noNs]")
        )
    }
}
