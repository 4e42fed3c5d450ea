use manifest::Object;

const KUSTOMIZE_GROUP: &str = "kustomize.config.k8s.io";
const LOCAL: &str = "config.kubernetes.io/local-config";

/// Whether an object configures a tool and is not meant for a cluster.
pub(super) fn is_local(object: &Object) -> bool {
    object.group() == KUSTOMIZE_GROUP || object.annotation(LOCAL).is_some_and(|value| value != "false")
}
