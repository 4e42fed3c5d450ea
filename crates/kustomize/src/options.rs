use crate::resolver::{Charts, Functions, Resolver};

/// Which files a kustomization may read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LoadRestrictions {
    /// Those in and below its own directory.
    #[default]
    RootOnly,
    /// All of the tree.
    None,
}

/// In which order objects come out when the kustomization does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reorder {
    /// Nobody asked: as [`Reorder::Legacy`].
    #[default]
    Unspecified,
    /// As they were read.
    None,
    /// Namespaces and definitions first, webhooks last, and by group, kind and name in between.
    Legacy,
}

/// How messages show the paths of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Paths {
    /// As they are in the tree.
    #[default]
    OfTree,
    /// As files of this machine: the tree's root is this directory, named from `/` without a slash at its end.
    Below(String),
}

/// What a build may do and how it is done.
#[derive(Clone, Default)]
pub struct Options<'a> {
    /// Which files may be read.
    pub load_restrictions: LoadRestrictions,
    /// The order of what comes out.
    pub reorder: Reorder,
    /// Whether everything gets the label `app.kubernetes.io/managed-by`.
    pub managed_by_label: bool,
    /// The version that this label tells; that of this crate when empty.
    pub version: String,
    /// How messages show paths.
    pub paths: Paths,
    /// Gets remote bases and files. Without it they are an error.
    pub resolver: Option<&'a dyn Resolver>,
    /// Renders charts. Without it they are an error.
    pub charts: Option<&'a dyn Charts>,
    /// The version of Kubernetes for charts, in the place of what they say.
    pub helm_kube_version: String,
    /// API versions for charts, in the place of what they say.
    pub helm_api_versions: Vec<String>,
    /// Runs functions. Without it they are an error.
    pub functions: Option<&'a dyn Functions>,
}
