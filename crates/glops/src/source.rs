//! From a PATH on the command line to the files it stands for.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use git::Repository;
use manifest::{Tree, TreePath};

use crate::error::{CommandError, Context as _, Result};

/// What makes a directory a chart.
const CHART: &str = "Chart.yaml";
/// How much is read from standard input.
const MAX_STDIN: u64 = 256 * 1024 * 1024;

/// A tree and the place in it that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The files; errors and origins name them from its root.
    pub(crate) tree: Tree,
    /// A file or a directory of it.
    pub(crate) path: TreePath,
}

impl Source {
    /// What a PATH stands for: a file, a directory, or `-` for standard input.
    ///
    /// A kustomization or a chart may name files beside its own directory, so it is seen from the root of the
    /// machine; plain files are seen from the directory that was named, which is how errors then call them.
    pub(crate) fn from_path(path: &Path) -> Result<Self> {
        if path == Path::new("-") {
            return Self::from_stdin();
        }
        let real = fs::canonicalize(path).context(format!("failed to find {}", path.display()))?;
        if real.join(CHART).is_file() {
            return Self::chart(&real);
        }
        if is_built(&real) {
            return Self::built(&real);
        }
        if real.is_dir() {
            return Ok(Self {
                tree: Tree::directory(real),
                path: TreePath::root(),
            });
        }
        let parent = real
            .parent()
            .map_or_else(|| PathBuf::from("/"), Path::to_path_buf);
        let name = real
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        Ok(Self {
            tree: Tree::directory(parent),
            path: TreePath::root().child(name),
        })
    }

    /// A directory that is built, seen from the root of the machine.
    pub(crate) fn built(directory: &Path) -> Result<Self> {
        let real = fs::canonicalize(directory).context(format!("failed to find {}", directory.display()))?;
        let text = real
            .to_str()
            .ok_or_else(|| CommandError::new(format!("{} is no UTF-8", real.display())))?;
        Ok(Self {
            tree: Tree::directory("/"),
            path: TreePath::new(text)?,
        })
    }

    /// A chart, seen from the root of its repository: its values may lie anywhere in that, and nowhere else.
    fn chart(directory: &Path) -> Result<Self> {
        let repository = Repository::discover(directory).ok();
        let root = repository
            .as_ref()
            .and_then(Repository::work_directory)
            .and_then(|root| fs::canonicalize(root).ok());
        let inside = root
            .as_deref()
            .and_then(|root| directory.strip_prefix(root).ok()?.to_str());
        match (&root, inside) {
            (Some(root), Some(inside)) => Ok(Self {
                tree: Tree::directory(root),
                path: TreePath::new(inside)?,
            }),
            _ => Self::built(directory),
        }
    }

    fn from_stdin() -> Result<Self> {
        let tree = Tree::from_files([("stdin.yaml", read_stdin()?)])?;
        Ok(Self {
            tree,
            path: TreePath::root(),
        })
    }
}

/// All of standard input, up to a bound.
pub(crate) fn read_stdin() -> Result<Vec<u8>> {
    let mut text = Vec::new();
    std::io::stdin()
        .take(MAX_STDIN + 1)
        .read_to_end(&mut text)
        .context("failed to read standard input")?;
    if text.len() as u64 > MAX_STDIN {
        return Err(CommandError::new(format!(
            "standard input has more than {MAX_STDIN} bytes"
        )));
    }
    Ok(text)
}

/// Whether a directory is a kustomization.
fn is_built(directory: &Path) -> bool {
    ["kustomization.yaml", "kustomization.yml", "Kustomization"]
        .iter()
        .any(|name| directory.join(name).is_file())
}
