use std::io;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use gotemplate::SemVersion;
use manifest::{
    Tree, TreePath,
    tree::{Entry, MemoryTree},
};

use super::{ChartReference, FetchError, LockError, Repositories, lock::Lock};
use crate::chart::{self, Dependency, File, Metadata};

/// The most dependencies that are fetched for one chart.
const MAX_DEPENDENCIES: usize = 256;
const PATH: &str = "file://";

/// Why a chart cannot be completed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The chart itself cannot be loaded.
    #[error(transparent)]
    Chart(#[from] chart::Error),
    /// Its lock file is of no use.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A dependency lies elsewhere, and nothing is fetched.
    #[error("needs chart {chart} from {repository}, and nothing can be fetched here")]
    NotFetched {
        /// The dependency.
        chart: String,
        /// Where it is.
        repository: String,
    },
    /// A dependency could not be had.
    #[error("failed to fetch chart {chart} from {repository}")]
    Fetch {
        /// The dependency.
        chart: String,
        /// Where it is.
        repository: String,
        /// Why.
        source: FetchError,
    },
    /// A path leads nowhere, or out of the tree.
    #[error("failed to read chart {chart} at {repository}")]
    Path {
        /// The dependency.
        chart: String,
        /// The path.
        repository: String,
        /// Why.
        source: FetchError,
    },
    /// The chart at a path has another version.
    #[error("chart {chart} at {repository} has version {found}, which is not {wanted}")]
    Version {
        /// The dependency.
        chart: String,
        /// The path.
        repository: String,
        /// What it says.
        found: String,
        /// What is asked for.
        wanted: String,
    },
    /// There are too many to fetch.
    #[error("a chart with more than {MAX_DEPENDENCIES} dependencies is not completed")]
    TooMany,
}

impl Error {
    /// What is wrong without what the chart's files hold; names, versions and addresses stay.
    pub fn outline(&self) -> String {
        match self {
            Self::Chart(error) => error.outline(),
            _ => chart::chain(self),
        }
    }
}

/// The tree with the charts laid over it that the chart at `path` depends on and does not hold.
///
/// A dependency that says no repository stays missing: rendering the chart tells of it.
pub fn complete(
    tree: &Tree,
    path: &TreePath,
    repositories: Option<&dyn Repositories>,
) -> Result<Tree, Error> {
    // a link may lead to the chart, and what is laid over the tree must be where it really is
    let Ok(path) = tree.resolve(path) else {
        return Ok(tree.clone());
    };
    let Some(metadata) = metadata_of(tree, &path) else {
        return Ok(tree.clone());
    };
    let wanted = metadata.dependencies.as_deref().unwrap_or_default();
    if wanted.iter().all(|dependency| is_held(tree, &path, dependency)) {
        return Ok(tree.clone());
    }
    let held = chart::from_directory(tree, &path)?;
    let missing: Vec<&Dependency> = wanted
        .iter()
        .filter(|dependency| !held.has_dependency(dependency.name.as_bytes()))
        .filter(|dependency| !dependency.repository.is_empty())
        .collect();
    if missing.len() > MAX_DEPENDENCIES {
        return Err(Error::TooMany);
    }
    let versions = Versions::read(tree, &path, wanted, &missing)?;
    let mut files = MemoryTree::default();
    for (index, dependency) in missing.into_iter().enumerate() {
        let archive = match dependency.repository.strip_prefix(PATH) {
            Some(place) => at_path(tree, &path, dependency, place)?,
            None => fetched(dependency, &versions, repositories)?,
        };
        let name = format!("{}-{index}.tgz", dependency.name.replace('/', "-"));
        files.insert(&path.child("charts").child(&name), archive);
    }
    Ok(tree.with_overlay(files))
}

/// What the chart says of itself; nothing where that cannot be read, which rendering it tells better.
fn metadata_of(tree: &Tree, path: &TreePath) -> Option<Metadata> {
    let mut metadata = chart::read_metadata_at(tree, path)?;
    let older = path.child("requirements.yaml");
    if let Ok(text) = tree.read_limited(&older, chart::MAX_FILE_SIZE) {
        let requirements = chart::read_metadata("requirements.yaml", &text).ok()?;
        metadata.dependencies = requirements.dependencies.or(metadata.dependencies);
    }
    Some(metadata)
}

/// A look at names alone, which spares most charts from being read twice.
fn is_held(tree: &Tree, path: &TreePath, dependency: &Dependency) -> bool {
    let folder = path.child("charts");
    let is_folder = chart::read_metadata_at(tree, &folder.child(&dependency.name))
        .is_some_and(|metadata| metadata.name == dependency.name);
    is_folder
        || tree.list(&folder).is_ok_and(|entries| {
            entries
                .iter()
                .any(|(name, entry)| *entry == Entry::File && is_archive_of(name, &dependency.name))
        })
}

/// Whether a file is called `<chart>-<version>.tgz`.
fn is_archive_of(file: &str, chart: &str) -> bool {
    file.strip_suffix(".tgz")
        .and_then(|stem| stem.strip_prefix(chart)?.strip_prefix('-'))
        .is_some_and(|version| SemVersion::parse(version).is_ok())
}

/// At which version each dependency is held, where a lock file says it.
struct Versions(Option<Lock>);

impl Versions {
    fn read(
        tree: &Tree,
        path: &TreePath,
        wanted: &[Dependency],
        missing: &[&Dependency],
    ) -> Result<Self, Error> {
        let is_fetched = |dependency: &&Dependency| !dependency.repository.starts_with(PATH);
        if !missing.iter().any(is_fetched) {
            return Ok(Self(None));
        }
        for (lock, file) in [
            ("Chart.lock", "Chart.yaml"),
            ("requirements.lock", "requirements.yaml"),
        ] {
            let Ok(text) = tree.read_limited(&path.child(lock), chart::MAX_FILE_SIZE) else {
                continue;
            };
            let held = Lock::parse(lock, &text)?;
            if !held.is_for(wanted) {
                return Err(LockError::OutOfSync { lock, file }.into());
            }
            return Ok(Self(Some(held)));
        }
        Ok(Self(None))
    }

    fn of<'a>(&'a self, dependency: &'a Dependency) -> &'a str {
        self.0
            .as_ref()
            .and_then(|lock| lock.version(dependency))
            .unwrap_or(&dependency.version)
    }
}

fn fetched(
    dependency: &Dependency,
    versions: &Versions,
    repositories: Option<&dyn Repositories>,
) -> Result<Bytes, Error> {
    let (chart, repository) = (dependency.name.clone(), dependency.repository.clone());
    let Some(repositories) = repositories else {
        return Err(Error::NotFetched { chart, repository });
    };
    let reference = ChartReference {
        repository: repository.clone(),
        name: chart.clone(),
        version: versions.of(dependency).to_owned(),
        devel: false,
    };
    repositories.chart(&reference).map_err(|source| Error::Fetch {
        chart,
        repository,
        source,
    })
}

/// The chart at a path from the one that depends on it, as an archive, so that it is ruled by its own ignore file.
fn at_path(tree: &Tree, path: &TreePath, dependency: &Dependency, place: &str) -> Result<Bytes, Error> {
    let failed = |source: FetchError| Error::Path {
        chart: dependency.name.clone(),
        repository: dependency.repository.clone(),
        source,
    };
    let place = path.join(place).map_err(|error| failed(error.into()))?;
    let files = chart::read_directory(tree, &place).map_err(|error| failed(error.into()))?;
    let loaded =
        chart::read_metadata_at(tree, &place).ok_or_else(|| failed("it has no Chart.yaml".into()))?;
    let version = SemVersion::parse(&loaded.version).map_err(|error| failed(error.into()))?;
    let matches = version
        .satisfies(&dependency.version)
        .map_err(|error| failed(error.into()))?;
    if !dependency.version.is_empty() && !matches {
        return Err(Error::Version {
            chart: dependency.name.clone(),
            repository: dependency.repository.clone(),
            found: loaded.version,
            wanted: dependency.version.clone(),
        });
    }
    archive(&loaded.name, &files).map_err(|error| failed(error.into()))
}

fn archive(name: &str, files: &[File]) -> io::Result<Bytes> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::none()));
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.data.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, format!("{name}/{}", file.name), &*file.data)?;
    }
    Ok(archive.into_inner()?.finish()?.into())
}

#[cfg(test)]
mod tests;
