//! `.glops.yaml`: how the charts of a repository are released.

use manifest::{Tree, TreePath};
use serde::Deserialize;

use super::ChartOptions;

const FILE: &str = ".glops.yaml";
const MAX_SIZE: u64 = 1 << 20;

/// Why the settings of a chart cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("failed to read {path}")]
    Read {
        path: TreePath,
        source: manifest::tree::Error,
    },
    #[error("failed to read {path}: {reason}")]
    Malformed { path: TreePath, reason: String },
    #[error("failed to read values file {file:?} of {path}: it lies outside of the repository")]
    Outside { path: TreePath, file: String },
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    helm: Helm,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
struct Helm {
    release_name: String,
    namespace: String,
    /// From the directory of this file.
    values_files: Vec<String>,
    #[serde(rename = "includeCRDs")]
    include_crds: bool,
}

/// The options of a chart, completed by the file beside it, or else by the one at the root of the tree.
pub(super) fn complete(tree: &Tree, chart: &TreePath, options: &ChartOptions) -> Result<ChartOptions, Error> {
    let mut options = options.clone();
    if let Some((path, file)) = find(tree, chart)? {
        take(&mut options, &path, file.helm)?;
    }
    if options.release_name.is_empty() {
        let name = chart.file_name().unwrap_or("release-name");
        name.clone_into(&mut options.release_name);
    }
    Ok(options)
}

fn find(tree: &Tree, chart: &TreePath) -> Result<Option<(TreePath, File)>, Error> {
    for directory in [chart.clone(), TreePath::root()] {
        let path = directory.child(FILE);
        if !tree.is_file(&path) {
            continue;
        }
        let text = tree.read_limited(&path, MAX_SIZE).map_err(|source| Error::Read {
            path: path.clone(),
            source,
        })?;
        let malformed = |reason: String| Error::Malformed {
            path: path.clone(),
            reason,
        };
        let document =
            yaml::from_slice(&text, yaml::Reader::V3).map_err(|error| malformed(error.to_string()))?;
        if document.is_null() {
            return Ok(None);
        }
        let file = serde_json::from_value(document).map_err(|error| malformed(error.to_string()))?;
        return Ok(Some((path, file)));
    }
    Ok(None)
}

fn take(options: &mut ChartOptions, path: &TreePath, helm: Helm) -> Result<(), Error> {
    if options.release_name.is_empty() {
        options.release_name = helm.release_name;
    }
    if options.namespace.is_empty() {
        options.namespace = helm.namespace;
    }
    options.include_crds |= helm.include_crds;
    if options.values_files.is_empty() {
        for file in helm.values_files {
            let place = path.parent().join(&file).map_err(|_| Error::Outside {
                path: path.clone(),
                file: file.clone(),
            })?;
            options.values_files.push(place.as_str().to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(files: &[(&str, &str)], options: &ChartOptions) -> Result<ChartOptions, String> {
        let files = files.iter().map(|(path, text)| (*path, (*text).to_owned()));
        let tree = Tree::from_files(files).unwrap();
        complete(&tree, &TreePath::new("charts/app").unwrap(), options).map_err(|error| error.to_string())
    }

    #[test]
    fn the_file_beside_the_chart_comes_first() {
        let own =
            "helm: {releaseName: own, namespace: shop, valuesFiles: [a.yaml, ../b.yaml], includeCRDs: true}";
        let files = [
            ("charts/app/.glops.yaml", own),
            (".glops.yaml", "helm: {releaseName: root}"),
        ];
        let found = completed(&files, &ChartOptions::default()).unwrap();
        assert_eq!(
            (found.release_name.as_str(), found.namespace.as_str()),
            ("own", "shop")
        );
        assert_eq!(found.values_files, ["/charts/app/a.yaml", "/charts/b.yaml"]);
        assert!(found.include_crds);
        let found = completed(&files[1..], &ChartOptions::default()).unwrap();
        assert_eq!(found.release_name, "root");
        assert_eq!(
            completed(&[("x", "")], &ChartOptions::default())
                .unwrap()
                .release_name,
            "app"
        );
    }

    #[test]
    fn what_the_caller_says_wins() {
        let said = ChartOptions {
            release_name: "said".to_owned(),
            values_files: vec!["v.yaml".to_owned()],
            ..ChartOptions::default()
        };
        let files = [(".glops.yaml", "helm: {releaseName: root, valuesFiles: [a.yaml]}")];
        let found = completed(&files, &said).unwrap();
        assert_eq!(found.release_name, "said");
        assert_eq!(found.values_files, ["v.yaml"]);
    }

    #[test]
    fn values_stay_in_the_repository_and_fields_are_known() {
        let with = |text| completed(&[(".glops.yaml", text)], &ChartOptions::default()).map(|_| ());
        let outside = with("helm: {valuesFiles: [../secrets.yaml]}").unwrap_err();
        assert!(outside.contains("outside of the repository"), "{outside}");
        assert!(
            with("helm: {set: [a=b]}")
                .unwrap_err()
                .contains("unknown field `set`")
        );
        assert!(with("allowRemote: ['*']").is_err());
        assert!(with("helm: [").is_err());
        assert!(with("# nothing").is_ok());
    }
}
