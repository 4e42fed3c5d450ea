use manifest::{Object, ResourceKey};
use serde_json::Value;

/// What a graph is built over: a key and, when it is at hand, the object.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) group: &'a str,
    pub(super) kind: &'a str,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    pub(super) object: Option<&'a Object>,
}

/// A borrowed [`ResourceKey`].
pub(super) type KeyRef<'a> = (&'a str, &'a str, &'a str, &'a str);

impl<'a> Subject<'a> {
    pub(super) fn of(object: &'a Object) -> Self {
        Self {
            group: object.group(),
            kind: object.kind(),
            namespace: object.namespace(),
            name: object.name(),
            object: Some(object),
        }
    }

    pub(super) fn named(key: &'a ResourceKey, object: Option<&'a Object>) -> Self {
        Self {
            group: &key.group,
            kind: &key.kind,
            namespace: &key.namespace,
            name: &key.name,
            object,
        }
    }

    pub(super) fn key_ref(&self) -> KeyRef<'a> {
        (self.group, self.kind, self.namespace, self.name)
    }

    pub(super) fn key(&self) -> ResourceKey {
        ResourceKey::new(self.group, self.kind, self.namespace, self.name)
    }

    pub(super) fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group == group
    }

    pub(super) fn spec(&self) -> Option<&'a Value> {
        self.object?.value().get("spec")
    }

    pub(super) fn is_definition(&self) -> bool {
        self.is("apiextensions.k8s.io", "CustomResourceDefinition")
    }

    pub(super) fn is_webhook_configuration(&self) -> bool {
        self.group == "admissionregistration.k8s.io" && self.kind.ends_with("WebhookConfiguration")
    }

    /// Group and kind that a definition defines. Without its spec the group is known from its name alone
    /// (`<plural>.<group>`).
    pub(super) fn defines(&self) -> Option<(&'a str, Option<&'a str>)> {
        if !self.is_definition() {
            return None;
        }
        let from_spec = self.spec().and_then(|spec| {
            Some((
                spec.get("group")?.as_str()?,
                spec.get("names")?.get("kind")?.as_str()?,
            ))
        });
        match from_spec {
            Some((group, kind)) => Some((group, Some(kind))),
            None => self.name.split_once('.').map(|(_, group)| (group, None)),
        }
    }
}
