use std::rc::Rc;

use bytes::Bytes;
use manifest::{Tree, TreePath};

use super::{
    files::{Files, Place, clean},
    repo::RepoSpec,
};
use crate::{
    context::Cx,
    error::{Context as _, Error, Reason, Result, fail},
    options::{LoadRestrictions, Paths},
    resolver::{FetchError, GitReference},
};

/// Reads files for one kustomization, and knows which kustomizations led to it.
pub(crate) struct Loader {
    referrer: Option<Rc<Self>>,
    files: Files,
    root: String,
    restrictions: LoadRestrictions,
    /// The clone in which this loader and those after it stay.
    repo: Option<RepoSpec>,
}

impl Loader {
    /// A loader for the first kustomization of a build.
    pub(crate) fn first(tree: &Tree, path: &TreePath, cx: &Cx<'_>) -> Result<Rc<Self>> {
        let files = Files::new(tree.clone(), cx.options.paths.clone());
        let named = match cx.options.paths {
            Paths::OfTree if !path.is_root() => path.relative().to_owned(),
            _ => files.shown(path),
        };
        let root = files
            .directory(&named)
            .context(|| "must build at directory".into())?;
        Ok(Rc::new(Self {
            referrer: None,
            files,
            root,
            restrictions: cx.options.load_restrictions,
            repo: None,
        }))
    }

    /// The directory, as shown.
    pub(crate) fn root(&self) -> &str {
        &self.root
    }

    /// A path from this root, as messages show it.
    pub(crate) fn shown(&self, path: &str) -> String {
        self.join(path)
    }

    /// A loader for another kustomization that this one refers to.
    pub(crate) fn descend(self: &Rc<Self>, path: &str, cx: &Cx<'_>) -> Result<Rc<Self>> {
        if path.is_empty() {
            fail!("new root cannot be empty");
        }
        if let Ok(repo) = RepoSpec::parse(path) {
            self.fail_if_repo_cycle(&repo)?;
            return self.clone_repo(repo, cx);
        }
        if path.starts_with('/') {
            fail!("new root '{path}' cannot be absolute");
        }
        if is_ambiguous(path) {
            fail!(
                "path {path:?} is ambiguous: resolves to {:?} after normalization, which is likely not the \
                 intended target; check for YAML indentation errors in your kustomization file",
                clean(path)
            );
        }
        let root = self
            .files
            .directory(&self.join(path))
            .context(|| "must build at directory".into())?;
        self.fail_if_visited(&root)?;
        Ok(Rc::new(Self {
            referrer: Some(Rc::clone(self)),
            files: self.files.clone(),
            root,
            restrictions: self.restrictions,
            repo: None,
        }))
    }

    /// The bytes of a file, or of what a URL names.
    pub(crate) fn load(&self, path: &str, cx: &Cx<'_>) -> Result<Bytes> {
        if is_remote_file(path) {
            return load_remote(path, cx);
        }
        let path = self.join(path);
        if self.restrictions == LoadRestrictions::None {
            return self.files.read(&path);
        }
        match self.files.locate(&path)? {
            Place::Directory(_) => fail!("'{path}' must resolve to a file"),
            Place::File { directory, .. } if !is_within(&directory, &self.root) => {
                fail!("security; file '{path}' is not in or below '{}'", self.root)
            }
            Place::File { real, .. } => self.files.read_inside(&real, &path),
        }
    }

    /// A directory of the tree, by a path from this root.
    pub(crate) fn directory(&self, path: &str) -> Option<(Tree, TreePath)> {
        let path = self.join(path);
        if !self.files.is_directory(&path) {
            return None;
        }
        self.files.inside(&path)
    }

    fn join(&self, path: &str) -> String {
        if path.starts_with('/') {
            path.to_owned()
        } else {
            clean(&format!("{}/{path}", self.root))
        }
    }

    fn fail_if_visited(&self, candidate: &str) -> Result<()> {
        if is_within(&self.root, candidate) {
            fail!(
                "cycle detected: candidate root '{candidate}' contains visited root '{}'",
                self.root
            );
        }
        match &self.referrer {
            // what led here lies in another tree
            Some(_) if self.repo.is_some() => Ok(()),
            Some(referrer) => referrer.fail_if_visited(candidate),
            None => Ok(()),
        }
    }

    fn fail_if_repo_cycle(&self, new: &RepoSpec) -> Result<()> {
        if let Some(repo) = &self.repo
            && repo.raw.starts_with(&new.raw)
        {
            fail!(
                "cycle detected: URI '{}' referenced by previous URI '{}'",
                new.raw,
                repo.raw
            );
        }
        self.referrer
            .as_ref()
            .map_or(Ok(()), |referrer| referrer.fail_if_repo_cycle(new))
    }

    fn clone_repo(self: &Rc<Self>, repo: RepoSpec, cx: &Cx<'_>) -> Result<Rc<Self>> {
        let reference = GitReference {
            repository: repo.clone_spec(),
            revision: repo.revision.clone(),
            submodules: repo.submodules,
            timeout: repo.timeout,
        };
        let remote = |message: String| Error::with_reason(Reason::Remote(repo.raw.clone()), message);
        let Some(resolver) = cx.options.resolver else {
            return Err(remote(format!(
                "needs {}, and nothing can be fetched here",
                repo.raw
            )));
        };
        let tree = resolver
            .git(&reference)
            .map_err(|error| remote(format!("failed to fetch {}: {error}", repo.raw)))?;
        let shown = Paths::Below(format!("/{}", base_name_of(&repo.repository)));
        let files = Files::new(tree, shown);
        let top = files.shown(&TreePath::root());
        let root = files.directory(&clean(&format!("{top}/{}", repo.path)))?;
        Ok(Rc::new(Self {
            referrer: Some(Rc::clone(self)),
            files,
            root,
            restrictions: LoadRestrictions::RootOnly,
            repo: Some(repo),
        }))
    }
}

fn base_name_of(repository: &str) -> &str {
    super::base_name(repository.trim_end_matches(".git"))
}

fn load_remote(url: &str, cx: &Cx<'_>) -> Result<Bytes> {
    let remote = |message: String| Error::with_reason(Reason::Remote(url.to_owned()), message);
    let Some(resolver) = cx.options.resolver else {
        return Err(remote(format!("needs {url}, and nothing can be fetched here")));
    };
    resolver.file(url).map_err(|error| match error {
        FetchError::Status(_) if RepoSpec::parse(url).is_ok() => Error::new("URL is a git repository"),
        FetchError::Status(status) => {
            Error::with_reason(Reason::Http, format!("HTTP Error: status code {status}"))
        }
        FetchError::Other(problem) => remote(format!("failed to fetch {url}: {problem}")),
    })
}

fn is_remote_file(path: &str) -> bool {
    path.split_once(':').is_some_and(|(scheme, _)| {
        scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
    })
}

/// Whether a part of the path has `..` among other text: most likely two entries that became one.
fn is_ambiguous(path: &str) -> bool {
    path.split('/')
        .any(|part| !matches!(part, "" | "." | "..") && part.contains(".."))
}

fn is_within(path: &str, directory: &str) -> bool {
    directory == "/"
        || path == directory
        || path
            .strip_prefix(directory)
            .is_some_and(|rest| rest.starts_with('/'))
}
