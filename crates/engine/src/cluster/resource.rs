use manifest::{GroupVersionKind, ResourceKey};

/// How objects of one kind are reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resource {
    /// Group, version and kind.
    pub gvk: GroupVersionKind,
    /// The name in paths: `deployments`.
    pub plural: String,
    /// Whether its objects are in namespaces.
    pub namespaced: bool,
    /// Whether its objects can be listed and watched.
    pub listable: bool,
}

impl Resource {
    /// The path of all its objects, or of those in one namespace.
    pub fn collection(&self, namespace: &str) -> String {
        let base = if self.gvk.group.is_empty() {
            "/api"
        } else {
            "/apis"
        };
        let mut path = format!("{base}/{}", self.gvk.api_version());
        if self.namespaced && !namespace.is_empty() {
            path.push_str("/namespaces/");
            path.push_str(namespace);
        }
        path.push('/');
        path.push_str(&self.plural);
        path
    }

    /// The path of one object.
    pub fn object(&self, namespace: &str, name: &str) -> String {
        format!("{}/{}", self.collection(namespace), escape(name))
    }

    /// The key of one of its objects.
    pub fn key(&self, namespace: &str, name: &str) -> ResourceKey {
        ResourceKey::new(&*self.gvk.group, &*self.gvk.kind, namespace, name)
    }
}

/// Names such as `system:node` are legal; what a path or a query may not hold is written as `%XX`.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                escaped.push(byte.into());
            }
            _ => {
                use std::fmt::Write as _;
                write!(escaped, "%{byte:02X}").expect("writing to a string does not fail");
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_the_api() {
        let resource = |api_version, plural: &str, namespaced| Resource {
            gvk: GroupVersionKind::from_api_version(api_version, "Any"),
            plural: plural.to_owned(),
            namespaced,
            listable: true,
        };
        assert_eq!(
            resource("v1", "configmaps", true).object("shop", "a"),
            "/api/v1/namespaces/shop/configmaps/a"
        );
        assert_eq!(
            resource("apps/v1", "deployments", true).collection(""),
            "/apis/apps/v1/deployments"
        );
        assert_eq!(
            resource("rbac.authorization.k8s.io/v1", "clusterroles", false).object("", "system:a/b"),
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:a%2Fb"
        );
    }
}
