use engine::{
    Action, Mode,
    change_set::FailureKind,
    diff::{DiffMode, Label, ObjectChange, ObjectDiff},
};
use suite_engine::Bench;

const HOOK: &str = "
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, namespace: NS, annotations: {argocd.argoproj.io/hook: PreSync}}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: m, image: \"m:1\"}]
";

const JOB: &str = "
apiVersion: batch/v1
kind: Job
metadata: {name: j, namespace: NS}
spec:
  suspend: true
  template:
    spec:
      restartPolicy: Never
      containers: [{name: m, image: \"m:1\"}]
";

const MODES: [DiffMode; 3] = [DiffMode::Exact, DiffMode::Filtered, DiffMode::ReadOnly];

async fn only(bench: &Bench, text: &str, mode: DiffMode) -> ObjectDiff {
    let desired = bench.desired(text);
    let diffs = engine::diff(&bench.cluster, &bench.application, &desired, &bench.options, mode).await;
    let [diff] = diffs
        .expect("the diff is made")
        .try_into()
        .expect("there is one object");
    diff
}

#[tokio::test]
async fn a_changed_hook_is_foreseen_and_run_anew() {
    let mut bench = Bench::new("recreate-hook").await;
    assert_eq!(
        only(&bench, HOOK, DiffMode::Filtered).await.change,
        ObjectChange::Create
    );
    bench.sync(HOOK).await;
    let changed = HOOK.replace("m:1", "m:2");
    for mode in MODES {
        assert_eq!(
            only(&bench, HOOK, mode).await.change,
            ObjectChange::None,
            "{mode:?}"
        );
        let diff = only(&bench, &changed, mode).await;
        assert_eq!(diff.change, ObjectChange::Recreate, "{mode:?} {diff:#?}");
        let image = &diff.fields[0];
        assert_eq!(
            (image.path.as_str(), &image.label),
            ("spec.template.spec.containers[name=m].image", &Label::YourChange),
            "{mode:?}"
        );
    }
    // what is refused beforehand by a dry run is not what an atomic sync may stop at
    bench.options.mode = Mode::Atomic;
    let change_set = bench.sync(&changed).await;
    assert!(change_set.is_complete(), "{change_set:#?}");
    assert!(change_set.entries[0].recreated);
    assert_eq!(change_set.entries[0].action, Action::Created);
}

#[tokio::test]
async fn a_field_that_cannot_change_is_named_or_brings_a_new_object() {
    let bench = Bench::new("recreate-field").await;
    bench.sync(JOB).await;
    let changed = JOB.replace("m:1", "m:2");
    let consenting = changed.replace(
        "namespace: NS}",
        "namespace: NS, annotations: {kustomize.toolkit.fluxcd.io/force: Enabled}}",
    );
    for mode in MODES {
        let refused = only(&bench, &changed, mode).await;
        assert_eq!(refused.change, ObjectChange::Refused, "{mode:?}");
        let note = refused.note.expect("it says why");
        assert!(
            note.contains("spec.template") && note.contains("cannot be changed"),
            "{mode:?} {note}"
        );
        let recreated = only(&bench, &consenting, mode).await;
        assert_eq!(
            recreated.change,
            ObjectChange::Recreate,
            "{mode:?} {recreated:#?}"
        );
    }
    let refused = bench.sync(&changed).await;
    let error = refused.entries[0].error.as_ref().expect("it is refused");
    assert_eq!(error.kind, FailureKind::Immutable);
    assert!(
        error.message.contains("spec.template") && error.message.contains("cannot be changed"),
        "{error:?}"
    );
    assert!(!error.message.contains("m:2"), "{error:?}");
    let recreated = bench.sync(&consenting).await;
    assert!(
        recreated.is_complete() && recreated.entries[0].recreated,
        "{recreated:#?}"
    );
}
