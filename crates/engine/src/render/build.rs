use kustomize::Reorder;
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
        Err(error) => return vec![Err(failed(Box::new(error.without_contents())))],
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

/// What a kustomization builds, as `kustomize build` prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct KustomizeOutput {
    /// The same bytes. What they hold may be secret.
    pub yaml: String,
    /// What is worth telling, such as fields that have a newer spelling.
    pub warnings: Vec<String>,
}

/// How a kustomization is built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KustomizeOptions {
    /// Let it read files outside of its own directory.
    pub unrestricted_loads: bool,
    /// The order of what it builds, unless it says otherwise.
    pub reorder: Reorder,
}

/// Builds the kustomization in a directory of a tree that is the root of this machine, byte for byte.
pub fn kustomize(
    tree: &Tree,
    path: &TreePath,
    options: KustomizeOptions,
) -> Result<KustomizeOutput, kustomize::Error> {
    let options = kustomize::Options {
        load_restrictions: if options.unrestricted_loads {
            kustomize::LoadRestrictions::None
        } else {
            kustomize::LoadRestrictions::RootOnly
        },
        reorder: options.reorder,
        paths: kustomize::Paths::Below(String::new()),
        ..kustomize::Options::default()
    };
    let built = kustomize::build(tree, path, &options)?;
    Ok(KustomizeOutput {
        yaml: built.to_yaml(),
        warnings: built.warnings().to_vec(),
    })
}

/// A chart has values and a release, which a path does not say: it is rendered by whoever knows them.
pub(super) fn chart(path: &TreePath) -> Vec<Result<Object, Error>> {
    vec![Err(Error::Build {
        what: "chart",
        path: path.clone(),
        source: "a chart is rendered through a kustomization's helmCharts, or beforehand".into(),
    })]
}
