use git::Reference;
use rpc::{
    glops::manifests::v1::{WatchRequest, selector::Selector},
    source,
};
use tonic::Status;

use crate::projects::Selection;

/// The most selectors of one request; GitLab allows a tenth of it.
const MAX_SELECTORS: usize = 1000;

/// What to watch, checked.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) project_id: String,
    pub(super) reference: Reference,
    pub(super) selection: Selection,
    pub(super) known_commit_id: String,
}

impl TryFrom<WatchRequest> for Wanted {
    type Error = Status;

    fn try_from(request: WatchRequest) -> Result<Self, Status> {
        if request.project_id.is_empty() {
            return Err(Status::invalid_argument("project_id is empty"));
        }
        if request.selectors.len() > MAX_SELECTORS {
            return Err(Status::invalid_argument(format!(
                "{} selectors, more than the {MAX_SELECTORS} allowed",
                request.selectors.len()
            )));
        }
        let mut selection = Selection::default();
        for selector in request.selectors {
            match selector.selector {
                Some(Selector::Glob(glob)) => {
                    selection
                        .add_glob(&glob)
                        .map_err(|error| Status::invalid_argument(error.to_string()))?;
                }
                Some(Selector::File(path)) => selection.add_file(&path),
                Some(Selector::Directory(path)) => selection.add_directory(&path),
                None => return Err(Status::invalid_argument("a selector of no known kind")),
            }
        }
        Ok(Self {
            project_id: request.project_id,
            reference: git_reference(request.reference.into()),
            selection,
            known_commit_id: request.known_commit_id,
        })
    }
}

pub(in crate::services) fn git_reference(reference: source::Reference) -> Reference {
    match reference {
        source::Reference::DefaultBranch => Reference::DefaultBranch,
        source::Reference::Branch(name) => Reference::Branch(name),
        source::Reference::Tag(name) => Reference::Tag(name),
        source::Reference::Commit(id) => Reference::Commit(id),
    }
}
