use manifest::{Object, Origin, Tree, TreePath};

use super::Error;

/// Builds a kustomization. It is one whole: when it fails, none of it is known.
pub(super) fn kustomization(tree: &Tree, path: &TreePath) -> Vec<Result<Object, Error>> {
    let failed = |source| Error::Build {
        what: "kustomization",
        path: path.clone(),
        source,
    };
    let built = match kustomize::build(tree, path, &kustomize::Options::default()) {
        Ok(built) => built,
        Err(error) => return vec![Err(failed(Box::new(error)))],
    };
    let objects = built.into_values().into_iter().enumerate().map(|(index, value)| {
        let origin = Origin {
            file: path.relative().to_owned(),
            document: index + 1,
            line: 0,
        };
        Object::new(value, origin).map_err(|error| failed(Box::new(error)))
    });
    objects.collect()
}

/// A chart has values and a release, which a path does not say: it is rendered by whoever knows them.
pub(super) fn chart(path: &TreePath) -> Vec<Result<Object, Error>> {
    vec![Err(Error::Build {
        what: "chart",
        path: path.clone(),
        source: "a chart is rendered through a kustomization's helmCharts, or beforehand".into(),
    })]
}
