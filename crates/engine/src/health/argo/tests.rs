use serde_json::json;

use super::*;

fn health(object: &Value) -> (Health, String) {
    let verdict = assess(object).unwrap();
    (verdict.status, verdict.message)
}

#[test]
fn deployments() {
    let deployment = |spec, status| {
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "generation": 2},
            "spec": spec, "status": status})
    };
    let status = |extra: Value| {
        let mut status =
            json!({"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2});
        for (field, value) in extra.as_object().unwrap() {
            status[field] = value.clone();
        }
        status
    };
    let two = || json!({"replicas": 2});
    assert_eq!(
        health(&deployment(json!({"paused": true}), json!({}))).0,
        Health::Suspended
    );
    assert_eq!(
        health(&deployment(two(), json!({"observedGeneration": 1}))).0,
        Health::Progressing
    );
    assert_eq!(
        health(&deployment(two(), status(json!({})))),
        (Health::Healthy, String::new())
    );
    let late = json!({"conditions": [{"type": "Progressing", "reason": "ProgressDeadlineExceeded"}]});
    assert_eq!(
        health(&deployment(two(), status(late))).1,
        "Deployment \"web\" exceeded its progress deadline"
    );
    assert_eq!(
        health(&deployment(two(), status(json!({"updatedReplicas": 1})))).1,
        "Waiting for rollout to finish: 1 out of 2 new replicas have been updated..."
    );
    assert_eq!(
        health(&deployment(two(), status(json!({"replicas": 3})))).1,
        "Waiting for rollout to finish: 1 old replicas are pending termination..."
    );
    assert_eq!(
        health(&deployment(two(), status(json!({"availableReplicas": 1})))).1,
        "Waiting for rollout to finish: 1 of 2 updated replicas are available..."
    );
    let mut old = deployment(two(), json!({}));
    old["apiVersion"] = json!("apps/v1beta1");
    assert_eq!(
        health(&old),
        (
            Health::Unknown,
            "unsupported Deployment GVK: apps/v1beta1, Kind=Deployment".to_owned()
        )
    );
}

#[test]
fn pods() {
    let pod = |policy: &str, status| json!({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {"restartPolicy": policy}, "status": status});
    let waiting = json!({"phase": "Running", "containerStatuses": [
        {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no image"}}}]});
    assert_eq!(
        health(&pod("Always", waiting.clone())),
        (Health::Degraded, "no image".to_owned())
    );
    assert_eq!(health(&pod("Never", waiting)).0, Health::Progressing);
    let failed = json!({"phase": "Failed", "containerStatuses": [
        {"name": "main", "state": {"terminated": {"exitCode": 3}}}]});
    assert_eq!(
        health(&pod("Never", failed)),
        (
            Health::Degraded,
            "container \"main\" failed with exit code 3".to_owned()
        )
    );
    let ready = json!({"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]});
    assert_eq!(health(&pod("Always", ready)).0, Health::Healthy);
    let restarted =
        json!({"phase": "Running", "containerStatuses": [{"lastState": {"terminated": {"exitCode": 1}}}]});
    assert_eq!(health(&pod("Always", restarted)).0, Health::Degraded);
    assert_eq!(
        health(&pod("Always", json!({"phase": "Succeeded"}))).0,
        Health::Healthy
    );
    assert_eq!(health(&pod("Always", json!({"phase": "Odd"}))).0, Health::Unknown);
}

#[test]
fn jobs_are_read_by_the_types_of_their_conditions() {
    let job = |conditions| json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {}, "status": {"conditions": conditions}});
    assert_eq!(health(&job(json!([]))).0, Health::Progressing);
    assert_eq!(
        health(&job(
            json!([{"type": "Failed", "status": "True", "message": "why"}])
        )),
        (Health::Degraded, "why".into())
    );
    assert_eq!(
        health(&job(json!([{"type": "Suspended", "status": "True"}]))).0,
        Health::Suspended
    );
    assert_eq!(
        health(&job(json!([{"type": "Suspended", "status": "False"}]))).0,
        Health::Healthy
    );
    assert_eq!(
        health(&job(json!([{"type": "Complete", "status": "True"}]))).0,
        Health::Healthy
    );
}

#[test]
fn deletion_comes_first_but_for_hooks() {
    let claim = |metadata| json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "status": {"phase": "Bound"}});
    assert_eq!(health(&claim(json!({}))).0, Health::Healthy);
    let deleted = claim(json!({"deletionTimestamp": "2026-01-01T00:00:00Z"}));
    assert_eq!(
        health(&deleted),
        (Health::Progressing, "Pending deletion".to_owned())
    );
    let hook = claim(json!({"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": [HOOK_FINALIZER]}));
    assert_eq!(health(&hook).0, Health::Healthy);
}

#[test]
fn a_kind_without_a_rule_has_no_health() {
    assert_eq!(assess(&json!({"apiVersion": "v1", "kind": "ConfigMap"})), None);
}

#[test]
fn autoscalers_of_both_versions() {
    let failing =
        json!([{"type": "ScalingActive", "reason": "FailedGetResourceMetric", "message": "no metric"}]);
    let new = json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {}, "status": {"conditions": failing}});
    assert_eq!(health(&new), (Health::Degraded, "no metric".to_owned()));
    let annotations = json!({"autoscaling.alpha.kubernetes.io/conditions": failing.to_string()});
    let old = json!({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"annotations": annotations}});
    assert_eq!(health(&old), (Health::Degraded, "no metric".to_owned()));
    let none = json!({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {}});
    assert_eq!(
        health(&none),
        (Health::Progressing, "Waiting to Autoscale".to_owned())
    );
}
