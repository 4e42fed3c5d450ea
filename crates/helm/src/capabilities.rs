//! What templates are told about the cluster and about Helm.

use gotemplate::quote;

/// The Kubernetes versions and interfaces that `.Capabilities` shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Version of the cluster.
    pub kube_version: KubeVersion,
    /// `group/version` and `group/version/Kind`.
    pub api_versions: Vec<String>,
}

/// Which Helm is followed where versions differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compatibility {
    /// 4.2
    #[default]
    Helm4,
    /// 3.x: nulls of a chart's own values stay (in 4.1, too), documents are trimmed at both ends, `.Chart` is a struct.
    Helm3,
}

impl Compatibility {
    /// What `.Capabilities` shows without a cluster.
    pub fn capabilities(self) -> Capabilities {
        Capabilities {
            kube_version: self.kube_version(),
            api_versions: self.known_api_versions().map(str::to_owned).collect(),
        }
    }

    fn kube_version(self) -> KubeVersion {
        let minor = match self {
            Self::Helm4 => 36,
            Self::Helm3 => 35,
        };
        KubeVersion {
            version: format!("v1.{minor}.0"),
            normalized: format!("v1.{minor}.0"),
            major: "1".to_owned(),
            minor: minor.to_string(),
        }
    }

    /// The interfaces that are taken for granted, in Helm's order.
    fn known_api_versions(self) -> impl Iterator<Item = &'static str> {
        KNOWN_API_VERSIONS
            .iter()
            .flat_map(move |known| match (*known, self) {
                ("autoscaling/v2", Self::Helm3) => {
                    &["autoscaling/v2", "autoscaling/v2beta1", "autoscaling/v2beta2"][..]
                }
                ("scheduling.k8s.io/v1alpha2", Self::Helm3) => &["scheduling.k8s.io/v1alpha1"],
                _ => std::slice::from_ref(known),
            })
            .copied()
    }
}

/// A version of Kubernetes, read as Kubernetes does: at least two numbers, whatever follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    version: String,
    normalized: String,
    major: String,
    minor: String,
}

impl KubeVersion {
    /// Reads a version; the error is in the words of Kubernetes.
    pub fn parse(text: &str) -> Result<Self, InvalidKubeVersion> {
        let invalid = |reason: String| InvalidKubeVersion {
            text: text.to_owned(),
            reason,
        };
        let quoted = || quote(text.as_bytes()).to_text().into_owned();
        let bare = text.trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
        let bare = bare.strip_prefix('v').unwrap_or(bare);
        let numbers = leading_numbers(bare);
        if numbers.is_empty() || text.contains('\n') {
            return Err(invalid(format!("could not parse {} as version", quoted())));
        }
        let components: Vec<&str> = numbers.split('.').collect();
        if components.len() < 2 {
            return Err(invalid(format!("illegal version string {}", quoted())));
        }
        if components[0].starts_with('0') && components[0] != "0" {
            let component = components[0];
            return Err(invalid(format!(
                "illegal zero-prefixed version component \"{component}\" in {}",
                quoted()
            )));
        }
        let numbers = components.iter().map(|component| {
            component.parse::<u64>().map_err(|_| {
                invalid(format!(
                    "illegal non-numeric version component \"{component}\" in {}: strconv.ParseUint: parsing \
                     \"{component}\": value out of range",
                    quoted()
                ))
            })
        });
        let numbers: Vec<u64> = numbers.collect::<Result<_, _>>()?;
        let joined: Vec<String> = numbers.iter().map(u64::to_string).collect();
        Ok(Self {
            version: if text.starts_with('v') {
                text.to_owned()
            } else {
                format!("v{text}")
            },
            normalized: format!("v{}", joined.join(".")),
            major: joined[0].clone(),
            minor: joined[1].clone(),
        })
    }

    /// The version as it was given, after a `v`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its numbers alone, after a `v`: what constraints are compared with.
    pub fn normalized(&self) -> &str {
        &self.normalized
    }

    /// The first number.
    pub fn major(&self) -> &str {
        &self.major
    }

    /// The second number.
    pub fn minor(&self) -> &str {
        &self.minor
    }
}

/// A text is no version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid kube version '{text}': {reason}")]
pub struct InvalidKubeVersion {
    /// The text.
    pub text: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Numbers with single dots between them.
fn leading_numbers(text: &str) -> &str {
    let mut end = 0;
    for part in text.split('.') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        let start = if end == 0 { 0 } else { end + 1 };
        end = start + digits;
        if digits < part.len() {
            break;
        }
    }
    &text[..end]
}

/// The groups of the client that Helm is built with.
const KNOWN_API_VERSIONS: [&str; 55] = [
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

#[cfg(test)]
mod tests;
