//! The tie-break among objects that do not wait for one another.
//!
//! What others lean on goes first, workloads late: each Deployment wakes controllers that then compete with
//! the rest of the sync for the API server.

/// `(group, kind)` from first to last; the place of a kind that is not listed is [`UNLISTED`].
const ORDER: &[(&str, &str)] = &[
    ("", "Namespace"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("node.k8s.io", "RuntimeClass"),
    ("storage.k8s.io", "StorageClass"),
    ("storage.k8s.io", "VolumeAttributesClass"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ("networking.k8s.io", "IngressClass"),
    ("gateway.networking.k8s.io", "GatewayClass"),
    ("", "ResourceQuota"),
    ("", "LimitRange"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("", "ServiceAccount"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
    ("", "Secret"),
    ("", "ConfigMap"),
    ("", "PersistentVolume"),
    ("", "PersistentVolumeClaim"),
    ("", "Service"),
    ("policy", "PodDisruptionBudget"),
    ("networking.k8s.io", "Ingress"),
    ("autoscaling", "HorizontalPodAutoscaler"),
    ("apiregistration.k8s.io", "APIService"),
    // kinds that are not listed stand here
    ("batch", "CronJob"),
    ("", "Pod"),
    ("", "ReplicationController"),
    ("apps", "ReplicaSet"),
    ("batch", "Job"),
    ("apps", "DaemonSet"),
    ("apps", "StatefulSet"),
    ("apps", "Deployment"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
];

/// First listed kind that comes after those that are not.
const FIRST_LATE: (&str, &str) = ("batch", "CronJob");

/// The place of a kind among kinds; smaller goes first. Group-aware: a third party's `Service` is not the
/// core one.
pub fn rank(group: &str, kind: &str) -> u32 {
    let mut late = 0;
    for (index, listed) in ORDER.iter().enumerate() {
        if *listed == FIRST_LATE {
            late = 1;
        }
        if *listed == (group, kind) {
            return index as u32 + late;
        }
    }
    unlisted()
}

fn unlisted() -> u32 {
    ORDER
        .iter()
        .position(|listed| *listed == FIRST_LATE)
        .unwrap_or(ORDER.len()) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_lean_first_workloads_late_and_webhooks_last() {
        let order = [
            ("", "Namespace"),
            ("apiextensions.k8s.io", "CustomResourceDefinition"),
            ("", "ConfigMap"),
            ("", "Service"),
            ("example.com", "Anything"),
            ("apps", "Deployment"),
            ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ];
        let ranks: Vec<_> = order.iter().map(|(group, kind)| rank(group, kind)).collect();
        assert!(ranks.is_sorted_by(|a, b| a < b), "{ranks:?}");
    }

    #[test]
    fn a_kind_of_another_group_is_another_kind() {
        assert_eq!(
            rank("serving.knative.dev", "Service"),
            rank("example.com", "Anything")
        );
        assert_ne!(rank("", "Service"), rank("serving.knative.dev", "Service"));
    }
}
