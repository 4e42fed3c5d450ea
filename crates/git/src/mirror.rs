use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::Arc,
};

use gix::{
    ObjectId,
    remote::{self, Direction, fetch},
};

use crate::{
    Cache, Error, Reference, Remote, Repository, deadline::Deadline, generation::Generation, unpack,
};

/// Branches that are tried when `HEAD` points nowhere.
const USUAL_DEFAULT_BRANCHES: [&str; 2] = ["main", "master"];

/// A repository elsewhere and what is kept of it.
#[derive(Clone, Debug)]
pub struct Mirror {
    cache: Cache,
    remote: Remote,
}

/// The newest commit at a place of a repository's history, whole and ready to be read.
#[derive(Clone, Debug)]
pub struct Newest {
    /// Its id.
    pub commit: ObjectId,
    /// Where it can be read.
    pub repository: Repository,
    /// Whether objects were fetched for it; otherwise the references told that it is here already.
    pub fetched: bool,
}

impl Mirror {
    pub(crate) fn new(cache: Cache, remote: Remote) -> Self {
        Self { cache, remote }
    }

    /// The repository's address, without credentials.
    pub fn display_url(&self) -> String {
        self.remote.display_url()
    }

    /// Looks up the newest commit and fetches what is missing of it. When nothing is new, only references travel.
    pub fn newest(&self, reference: &Reference) -> Result<Newest, Error> {
        if !reference.is_valid() {
            return Err(Error::InvalidReference {
                reference: reference.clone(),
            });
        }
        match self.remote.local_path() {
            Some(path) => default_branch_or(reference, |reference| local_newest(&path, reference)),
            None => default_branch_or(reference, |reference| self.remote_newest(reference)),
        }
    }

    fn remote_newest(&self, reference: &Reference) -> Result<Newest, Error> {
        let generation = self.cache.generation();
        let place = Cache::place_of(&generation, &self.display_url());
        let _one_at_a_time = self.cache.begin_fetch(&place)?;
        self.cache.prepare(&generation, &place)?;
        let repository = self.open(place, generation)?;
        let (target, fetched) = match cached_commit(&repository, reference) {
            Some(commit) => (commit, false),
            None => self.fetch(&repository.local(), reference)?,
        };
        if fetched {
            self.cache.renew_if_large();
        }
        let commit = repository.commit(target)?.id;
        Ok(Newest {
            commit,
            repository,
            fetched,
        })
    }

    fn open(&self, place: PathBuf, generation: Arc<Generation>) -> Result<Repository, Error> {
        let options = gix::open::Options::isolated().config_overrides(self.remote.configuration(&place));
        Repository::open_with(place, options, Some(generation)).map_err(|error| self.cache_failed(error))
    }

    /// The id at `reference`, and whether objects were fetched for it.
    fn fetch(&self, repository: &gix::Repository, reference: &Reference) -> Result<(ObjectId, bool), Error> {
        let deadline = Deadline::after(self.remote.timeouts.total);
        let explain = |error| {
            let place = repository.git_dir();
            self.remote.explain(error, reference, &deadline, place)
        };
        let remote = repository
            .remote_at(self.remote.url.clone())
            .and_then(|remote| remote.with_refspecs([reference.remote_name().as_str()], Direction::Fetch))
            .map_err(explain)?
            .with_fetch_tags(fetch::Tags::None);
        let mut connection = remote.connect(Direction::Fetch).map_err(explain)?;
        if matches!(
            self.remote.url.scheme,
            gix::url::Scheme::Http | gix::url::Scheme::Https
        ) {
            connection.set_transport_options(Box::new(self.remote.http_options()?));
        }
        connection.set_credentials(|_| Ok(None));
        let prepared = connection
            .prepare_fetch(gix::progress::Discard, remote::ref_map::Options::default())
            .map_err(explain)?;
        let target = prepared
            .ref_map()
            .mappings
            .first()
            .and_then(|mapping| mapping.remote.as_id());
        let target = target
            .map(ToOwned::to_owned)
            .ok_or_else(|| self.nothing_at(reference))?;
        let is_known = !matches!(reference, Reference::Commit(_)) && repository.has_object(target);
        if !is_known {
            let outcome = prepared
                .with_shallow(fetch::Shallow::DepthAtRemote(NonZeroU32::MIN))
                .receive(gix::progress::Discard, deadline.flag())
                .map_err(explain)?;
            unpack::settle(repository, &outcome.status).map_err(|error| self.cache_failed(error))?;
        }
        self.note(repository, reference, target)?;
        Ok((target, !is_known))
    }

    /// A name that is not on the server: is there anything at all?
    fn nothing_at(&self, reference: &Reference) -> Error {
        let url = self.display_url();
        match reference {
            Reference::DefaultBranch => Error::Empty { url },
            _ => Error::ReferenceNotFound {
                url,
                reference: reference.clone(),
            },
        }
    }

    /// Writes down what was fetched: the next fetch tells the server, and gets only what is new.
    fn note(
        &self,
        repository: &gix::Repository,
        reference: &Reference,
        target: ObjectId,
    ) -> Result<(), Error> {
        use gix::refs::transaction::PreviousValue;
        let name = reference.cached_name();
        match repository.reference(name.as_str(), target, PreviousValue::Any, "fetch") {
            Ok(_) => Ok(()),
            Err(error) => Err(self.cache_failed(error)),
        }
    }

    fn cache_failed(&self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Cache {
            path: self.cache.directory().to_owned(),
            source: source.into(),
        }
    }
}

/// A commit never changes, so that it is asked for once. It counts only when this repository's own server gave it:
/// the object store is shared with projects that others may read.
fn cached_commit(repository: &Repository, reference: &Reference) -> Option<ObjectId> {
    let Reference::Commit(_) = reference else {
        return None;
    };
    let noted = repository
        .local()
        .find_reference(reference.cached_name().as_str())
        .ok()?
        .target()
        .id()
        .to_owned();
    repository.contains(noted).then_some(noted)
}

/// `find` for the reference; for a default branch that leads nowhere, for the usual names of one.
fn default_branch_or(
    reference: &Reference,
    find: impl Fn(&Reference) -> Result<Newest, Error>,
) -> Result<Newest, Error> {
    let empty = match find(reference) {
        Err(error @ Error::Empty { .. }) => error,
        other => return other,
    };
    for branch in USUAL_DEFAULT_BRANCHES {
        match find(&Reference::Branch(branch.to_owned())) {
            Err(Error::ReferenceNotFound { .. }) => {}
            other => return other,
        }
    }
    Err(empty)
}

fn local_newest(path: &Path, reference: &Reference) -> Result<Newest, Error> {
    let repository = Repository::open(path)?;
    let commit = repository.find(reference)?;
    Ok(Newest {
        commit,
        repository,
        fetched: false,
    })
}
