use super::{Database, Error, StatusKey, now};

/// A history that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryTable {
    /// Changes by others.
    Drift,
    /// Changes by agents.
    Audit,
}

impl HistoryTable {
    fn name(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Audit => "audit",
        }
    }
}

/// One record of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRecord {
    /// Its number; later ones are larger.
    pub id: i64,
    /// Whose it is.
    pub key: StatusKey,
    /// The commit that was in force.
    pub commit_id: String,
    /// When it came.
    pub received_at: i64,
    /// The record as it came.
    pub record: Vec<u8>,
}

/// Which part of a history is asked for, newest first.
#[derive(Clone, Debug, Default)]
pub struct HistoryQuery {
    /// Of one agent, or of all.
    pub agent_id: Option<i64>,
    /// Of one project, or of all.
    pub project_id: Option<String>,
    /// Records older than this one.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

impl Database {
    /// Adds records, each with its commit, and lets go of the agent's oldest beyond `keep`.
    pub async fn append_history(
        &self,
        table: HistoryTable,
        key: StatusKey,
        records: Vec<(String, Vec<u8>)>,
        keep: u32,
    ) -> Result<(), Error> {
        self.run("append to the history", move |transaction| {
            let table = table.name();
            let insert = format!(
                "INSERT INTO {table} (agent_id, project_id, default_namespace, commit_id, received_at, record)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
            );
            let mut statement = transaction.prepare_cached(&insert)?;
            let now = now();
            for (commit, record) in &records {
                statement.execute((
                    key.agent_id,
                    &key.project_id,
                    &key.default_namespace,
                    commit,
                    now,
                    record,
                ))?;
            }
            let forget = format!(
                "DELETE FROM {table} WHERE agent_id = ?1 AND id <= (
                     SELECT id FROM {table} WHERE agent_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)"
            );
            transaction
                .prepare_cached(&forget)?
                .execute((key.agent_id, keep))
                .map(drop)
        })
        .await
    }

    /// Reads a part of a history.
    pub async fn history(
        &self,
        table: HistoryTable,
        query: HistoryQuery,
    ) -> Result<Vec<HistoryRecord>, Error> {
        self.run("read the history", move |transaction| {
            let sql = format!(
                "SELECT id, agent_id, project_id, default_namespace, commit_id, received_at, record FROM {}
                 WHERE (?1 IS NULL OR agent_id = ?1) AND (?2 IS NULL OR project_id = ?2) AND (?3 IS NULL OR id < ?3)
                 ORDER BY id DESC LIMIT ?4",
                table.name()
            );
            let mut statement = transaction.prepare_cached(&sql)?;
            let record = |row: &rusqlite::Row<'_>| {
                let key = StatusKey {
                    agent_id: row.get(1)?,
                    project_id: row.get(2)?,
                    default_namespace: row.get(3)?,
                };
                Ok(HistoryRecord {
                    id: row.get(0)?,
                    key,
                    commit_id: row.get(4)?,
                    received_at: row.get(5)?,
                    record: row.get(6)?,
                })
            };
            statement.query_map((query.agent_id, query.project_id, query.before, query.limit), record)?.collect()
        })
        .await
    }
}
