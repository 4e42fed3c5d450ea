use std::{path::Path, thread};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{Error, migrations};

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    work: mpsc::Sender<Work>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

impl Database {
    /// Opens the file, makes it when it does not exist, and brings it to the newest version.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Open {
            path: path.to_owned(),
            source,
        };
        let mut connection = Connection::open(path).map_err(failed)?;
        configure(&connection).map_err(failed)?;
        migrations::run(&mut connection, path)?;
        let (work, mut queue) = mpsc::channel::<Work>(256);
        thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || {
                while let Some(work) = queue.blocking_recv() {
                    work(&mut connection);
                }
            })
            .map_err(|_| Error::Closed)?;
        Ok(Self { work })
    }

    /// Does something on the database's own thread, in one transaction.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (done, result) = oneshot::channel();
        let job: Work = Box::new(move |connection| {
            let result = connection.transaction().and_then(|transaction| {
                let value = work(&transaction)?;
                transaction.commit()?;
                Ok(value)
            });
            // a caller that has gone has no more interest
            drop(done.send(result));
        });
        self.work.send(job).await.map_err(|_| Error::Closed)?;
        let result = result.await.map_err(|_| Error::Closed)?;
        result.map_err(|source| Error::from_sqlite(operation, source))
    }

    /// Allows at most so many pages, as a full disk would.
    #[doc(hidden)]
    pub async fn limit_pages(&self, pages: u32) -> Result<(), Error> {
        self.run("limit the database", move |transaction| {
            transaction.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        })
        .await
    }
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))
}
