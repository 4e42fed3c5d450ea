use std::fmt;

/// Group, version and kind; as a selector, empty parts match everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Gvk {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
}

/// Kinds that sort before all others, in this order.
pub(crate) const ORDER_FIRST: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// Kinds that sort after all others.
pub(crate) const ORDER_LAST: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

impl Gvk {
    pub(crate) fn new(group: &str, version: &str, kind: &str) -> Self {
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
        }
    }

    /// From the `apiVersion` and `kind` of an object.
    pub(crate) fn from_api_version(api_version: &str, kind: &str) -> Self {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        Self::new(group, version, kind)
    }

    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// Whether this is what the selector asks for.
    pub(crate) fn is_selected_by(&self, selector: &Self) -> bool {
        let fits = |wanted: &str, have: &str| wanted.is_empty() || wanted == have;
        fits(&selector.group, &self.group)
            && fits(&selector.version, &self.version)
            && fits(&selector.kind, &self.kind)
    }

    /// The order in which tables of field specs are kept.
    pub(crate) fn table_order(&self) -> (i32, String) {
        (rank(&self.kind, &ORDER_FIRST, &ORDER_LAST), self.sort_text())
    }

    /// Group, version and kind, made so that what is missing sorts last.
    pub(crate) fn sort_text(&self) -> String {
        let or = |text: &str, missing: &str| {
            if text.is_empty() {
                missing.to_owned()
            } else {
                text.to_owned()
            }
        };
        [
            or(&self.group, "~G"),
            or(&self.version, "~V"),
            or(&self.kind, "~K"),
        ]
        .join("_")
    }
}

/// The rank of a kind: negative for the first ones, positive for the last ones.
pub(crate) fn rank<S: AsRef<str>>(kind: &str, first: &[S], last: &[S]) -> i32 {
    let place = |list: &[S]| list.iter().rposition(|listed| listed.as_ref() == kind);
    if let Some(index) = place(last) {
        return 1 + index as i32;
    }
    place(first).map_or(0, |index| index as i32 - first.len() as i32)
}

impl fmt::Display for Gvk {
    /// `Deployment.v1.apps`, with `[noGrp]` and its like for what is missing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text, missing| if str::is_empty(text) { missing } else { text };
        write!(
            f,
            "{}.{}.{}",
            or(&self.kind, "[noKind]"),
            or(&self.version, "[noVer]"),
            or(&self.group, "[noGrp]")
        )
    }
}
