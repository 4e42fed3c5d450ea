//! Namespaces go only when they hold nothing of others.

use engine::{
    Action, ChangeSet, Confirmation,
    change_set::{ChangeSetEntry, SkipReason},
};
use manifest::ResourceKey;
use suite_engine::Bench;
use testkit::{ControlPlane, control_plane::rule};

const KEPT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, namespace: NS}\n";

/// An application with two namespaces of its own, in the second of which somebody else has put something.
async fn two_rooms(purpose: &str) -> Bench {
    let mut bench = Bench::new(purpose).await;
    let room = |name: &str| {
        format!(
            "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: NS-{name}}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ours, namespace: NS-{name}}}\n"
        )
    };
    let whole = format!("{KEPT}{}{}", room("one"), room("two"));
    assert!(bench.sync(&whole).await.is_complete());
    let theirs = format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: theirs, namespace: {}-two}}",
        bench.namespace
    );
    bench.kubectl_create(&theirs).await;
    bench.options.prune.confirmed = Confirmation::All;
    bench
}

fn of_room<'a>(bench: &Bench, set: &'a ChangeSet, room: &str) -> &'a ChangeSetEntry {
    let key = ResourceKey::new("", "Namespace", "", format!("{}-{room}", bench.namespace));
    set.entry(&key).expect("it has an entry")
}

/// What a room that stays is said to hold.
fn held<'a>(bench: &Bench, set: &'a ChangeSet, room: &str) -> &'a str {
    match &of_room(bench, set, room).reason {
        Some(SkipReason::Guarded(reason)) => reason,
        _ => panic!("{room} does not stay: {set:#?}"),
    }
}

#[tokio::test]
async fn each_of_several_is_looked_into() {
    let bench = two_rooms("rooms").await;
    let set = bench.sync(KEPT).await;
    assert_eq!(of_room(&bench, &set, "one").action, Action::Deleted, "{set:#?}");
    assert_eq!(held(&bench, &set, "two"), "it still holds Secret/theirs");
}

#[tokio::test]
async fn each_is_looked_into_where_nothing_may_be_listed_across_them() {
    let mut bench = two_rooms("own-rooms").await;
    let plane = ControlPlane::shared();
    let user = plane.user(&bench.namespace).expect("there is a user");
    for room in ["", "-one", "-two"] {
        let namespace = format!("{}{room}", bench.namespace);
        let granted = plane.grant(&user, Some(&namespace), vec![rule("*", "*", &["*"])]);
        granted.await.expect("the rights are granted");
    }
    let granted = plane.grant(&user, None, vec![rule("", "namespaces", &["*"])]);
    granted.await.expect("the rights are granted");
    bench.cluster = suite_engine::connect_as(user.client().await.expect("there is a client"));
    let set = bench.sync(KEPT).await;
    // what grants the rights is in each of them
    let (one, two) = (held(&bench, &set, "one"), held(&bench, &set, "two"));
    assert!(one.contains("RoleBinding/") && !one.contains("Secret/"), "{one}");
    assert!(
        two.contains("RoleBinding/") && two.contains("Secret/theirs"),
        "{two}"
    );
}
