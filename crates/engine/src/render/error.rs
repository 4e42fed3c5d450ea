use manifest::{Origin, ResourceKey, TreePath, stream, tree};

/// Why a part of the desired state could not be rendered; the rest of it still is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A path or pattern leaves the tree, or is no pattern.
    #[error("failed to read path pattern {pattern:?}")]
    Pattern {
        /// As it was given.
        pattern: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nothing in the tree has this path.
    #[error("no file matches {0:?}")]
    NothingMatches(String),
    /// A directory could not be listed, or a file not found.
    #[error("failed to look for manifests in {path}")]
    List {
        /// Where.
        path: TreePath,
        /// Why.
        source: tree::Error,
    },
    /// A document gave no object.
    #[error(transparent)]
    Document(#[from] stream::Error),
    /// Two documents describe one object; the first counts.
    #[error(transparent)]
    Duplicate(Box<Duplicate>),
    /// A kustomization or a chart could not be built.
    #[error("failed to build the {what} in {path}")]
    Build {
        /// `kustomization`, `chart`.
        what: &'static str,
        /// Its directory.
        path: TreePath,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// An object that is described twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to render {key}: described by {first} and again by {second}")]
pub struct Duplicate {
    /// The object.
    pub key: ResourceKey,
    /// Where it was read first.
    pub first: Origin,
    /// Where it was read again.
    pub second: Origin,
}
