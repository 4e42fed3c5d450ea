//! The rules of the module, seen through what the queue hands out.

mod deletion;
mod dialects;
mod implicit;
mod problems;
mod properties;
mod queue;

use manifest::{Object, ResourceKey, stream};

use super::*;

fn objects(text: &str) -> Vec<Object> {
    stream::read("test.yaml", text.as_bytes())
        .into_iter()
        .map(|object| object.unwrap())
        .collect()
}

/// The order in which everything runs when each node becomes healthy at once, as `Kind/name`, with the phase
/// when it is not `Sync`.
fn run(graph: &Graph) -> Vec<String> {
    let mut queue = Queue::new(graph);
    let mut order = Vec::new();
    while let Some(id) = queue.pop() {
        order.push(name(graph, id));
        queue.ready(id);
    }
    assert_eq!(queue.waiting(), 0, "nodes left over after {order:?}");
    order
}

fn name(graph: &Graph, id: NodeId) -> String {
    let node = graph.node(id).unwrap();
    let suffix = if node.phase == Phase::Sync {
        String::new()
    } else {
        format!(" {}", node.phase)
    };
    format!("{}/{}{suffix}", node.key.kind, node.key.name)
}

fn install(text: &str) -> Graph {
    let graph = Graph::apply(&objects(text), Occasion::Install);
    assert_eq!(graph.problems(), [], "unexpected problems");
    graph
}

/// Asserts that the names come in this order, whatever stands between them.
#[track_caller]
fn assert_order(order: &[String], expected: &[&str]) {
    let found: Vec<_> = order
        .iter()
        .filter(|name| expected.contains(&name.as_str()))
        .collect();
    assert_eq!(found, expected, "in {order:?}");
}

fn id(graph: &Graph, wanted: &str) -> NodeId {
    graph
        .nodes()
        .map(|(id, _)| id)
        .find(|&id| name(graph, id) == wanted)
        .unwrap()
}

fn keys(objects: &[Object]) -> Vec<ResourceKey> {
    objects.iter().map(Object::key).collect()
}
