//! Names of annotations that mean something to kustomize.

/// The domain of what is only meant for the build itself.
pub(crate) const INTERNAL_DOMAIN: &str = "internal.config.kubernetes.io/";

pub(super) const PREVIOUS_KINDS: &str = "internal.config.kubernetes.io/previousKinds";
pub(super) const PREVIOUS_NAMES: &str = "internal.config.kubernetes.io/previousNames";
pub(super) const PREVIOUS_NAMESPACES: &str = "internal.config.kubernetes.io/previousNamespaces";
pub(super) const PREFIXES: &str = "internal.config.kubernetes.io/prefixes";
pub(super) const SUFFIXES: &str = "internal.config.kubernetes.io/suffixes";
pub(super) const BEHAVIOR: &str = "internal.config.kubernetes.io/generatorBehavior";
pub(super) const NEEDS_HASH: &str = "internal.config.kubernetes.io/needsHashSuffix";
pub(super) const ALLOW_NAME_CHANGE: &str = "internal.config.kubernetes.io/allowNameChange";
pub(super) const ALLOW_KIND_CHANGE: &str = "internal.config.kubernetes.io/allowKindChange";
/// Says that an object comes from a chart.
pub(super) const HELM_GENERATED: &str = "internal.config.kubernetes.io/helm-generated";

/// What never leaves a build.
pub(crate) const BUILD_ANNOTATIONS: [&str; 19] = [
    PREVIOUS_KINDS,
    PREVIOUS_NAMES,
    PREFIXES,
    SUFFIXES,
    PREVIOUS_NAMESPACES,
    ALLOW_NAME_CHANGE,
    ALLOW_KIND_CHANGE,
    "internal.config.kubernetes.io/refBy",
    BEHAVIOR,
    NEEDS_HASH,
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
    HELM_GENERATED,
];
