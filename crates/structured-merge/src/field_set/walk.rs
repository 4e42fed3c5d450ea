use crate::path::{Path, PathElement};

use super::{FieldSet, Node};

impl FieldSet {
    /// Calls `visit` for each member, parents before children, in the server's order.
    pub fn walk(&self, mut visit: impl FnMut(&[PathElement])) {
        walk_nodes(&self.nodes, &mut Vec::new(), &mut visit);
    }

    /// All members.
    pub fn paths(&self) -> Vec<Path> {
        let mut paths = Vec::new();
        self.walk(|path| paths.push(Path(path.to_vec())));
        paths
    }
}

fn walk_nodes(nodes: &[Node], path: &mut Vec<PathElement>, visit: &mut impl FnMut(&[PathElement])) {
    for node in nodes {
        path.push(node.element.clone());
        if node.member {
            visit(path);
        }
        walk_nodes(&node.below.nodes, path, visit);
        path.pop();
    }
}
