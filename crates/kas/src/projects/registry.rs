use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use git::{Cache, Mirror, Reference};
use tokio::sync::Semaphore;

use super::Watch;
use crate::{
    database::{Database, Error},
    identity::AgentIdentity,
    observability::Metrics,
    settings::GitSettings,
};

/// A project that this kas knows.
#[derive(Clone, Debug)]
pub struct Project {
    /// Full path, as agents name it.
    pub id: String,
    /// Its number, the same for ever.
    pub number: i64,
    pub(super) mirror: Mirror,
    readable_by: Option<BTreeSet<String>>,
}

/// All projects, and who watches them.
#[derive(Debug)]
pub struct Projects {
    by_id: HashMap<String, Project>,
    poll_period: Duration,
    fetches: Arc<Semaphore>,
    database: Database,
    metrics: Metrics,
    watches: Mutex<HashMap<(String, Reference), Weak<Watch>>>,
}

impl Projects {
    /// Opens the cache and numbers the projects.
    pub async fn open(
        settings: GitSettings,
        poll_period: Duration,
        database: &Database,
        metrics: Metrics,
    ) -> anyhow::Result<Self> {
        let cache = Cache::open(&settings.cache_directory)?;
        let mut by_id = HashMap::new();
        for project in settings.projects {
            let number = Self::number(database, &project.id).await?;
            let mirror = cache.mirror(project.remote);
            let id = project.id.clone();
            by_id.insert(
                id,
                Project {
                    id: project.id,
                    number,
                    mirror,
                    readable_by: project.readable_by,
                },
            );
        }
        Ok(Self {
            by_id,
            poll_period,
            fetches: Arc::new(Semaphore::new(settings.max_concurrent_fetches)),
            database: database.clone(),
            metrics,
            watches: Mutex::default(),
        })
    }

    async fn number(database: &Database, id: &str) -> Result<i64, Error> {
        database.project_number(id.to_owned()).await
    }

    /// The project of that id, when this agent may read it.
    pub fn find(&self, id: &str, reader: &AgentIdentity) -> Option<&Project> {
        let project = self.by_id.get(id)?;
        let may_read = reader.project_id == id
            || project
                .readable_by
                .as_ref()
                .is_none_or(|readers| readers.contains(&reader.project_id));
        may_read.then_some(project)
    }

    /// Whether there is a project of that id.
    pub fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// Watches a project at a reference, together with everyone who does already.
    pub fn watch(&self, project: &Project, reference: Reference) -> Arc<Watch> {
        let mut watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (project.id.clone(), reference.clone());
        if let Some(watch) = watches.get(&key).and_then(Weak::upgrade) {
            return watch;
        }
        watches.retain(|_, watch| watch.strong_count() > 0);
        let watch = Arc::new(Watch::start(
            project.clone(),
            reference,
            self.poll_period,
            Arc::clone(&self.fetches),
            self.database.clone(),
            self.metrics.clone(),
        ));
        watches.insert(key, Arc::downgrade(&watch));
        watch
    }

    /// Whether a commit that an agent says it has came from this project. All projects share one store of objects, so
    /// that a commit which is here may be of one that the agent may not read; without an answer it is nobody's.
    pub async fn has_had(&self, project_number: i64, commit_id: &str) -> bool {
        let known = self
            .database
            .has_commit(project_number, commit_id.to_owned())
            .await;
        known.unwrap_or_else(|error| {
            tracing::warn!(error = %crate::services::chain(&error), "failed to look up a commit");
            false
        })
    }

    /// Looks at once at projects that something was pushed to; how many watches that woke.
    pub fn wake(&self, is_pushed: impl Fn(&Project) -> bool) -> usize {
        let watches = self.watches.lock().unwrap_or_else(PoisonError::into_inner);
        let mut woken = 0;
        for ((id, _), watch) in watches.iter() {
            if let (Some(watch), Some(project)) = (watch.upgrade(), self.by_id.get(id))
                && is_pushed(project)
            {
                watch.wake();
                woken += 1;
            }
        }
        woken
    }
}

impl Project {
    /// The address of its repository.
    pub fn url(&self) -> String {
        self.mirror.display_url()
    }
}
