//! What the process under stress and its tests agree on: which objects a revision desires.

use engine::{Desired, InventoryId};
use manifest::{Object, Origin};
use serde_json::json;

/// The inventory of the application under stress.
pub fn inventory(namespace: &str) -> InventoryId {
    InventoryId::new(namespace, "stress")
}

/// The objects of a revision: of `count` names, those that its number leaves out are missing.
pub fn desired(namespace: &str, revision: usize, count: usize) -> Desired {
    let objects = names(revision, count).into_iter().map(|name| {
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": name, "namespace": namespace}, "data": {"revision": revision.to_string()}});
        Object::new(map, Origin::default()).expect("it has all that an object needs")
    });
    Desired::new(revision.to_string(), objects.collect())
}

/// The names of the objects of a revision.
pub fn names(revision: usize, count: usize) -> Vec<String> {
    let kept = (0..count).filter(|number| number % 5 != revision % 5);
    kept.map(|number| format!("c{number:05}")).collect()
}
