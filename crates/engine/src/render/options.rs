/// What of a tree is rendered, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Files, directories and patterns (`**/*.yaml`), each from the root of the tree; empty means all of it.
    pub paths: Vec<String>,
    /// The namespace of namespaced objects that name none.
    pub default_namespace: String,
}
