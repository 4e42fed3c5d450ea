use super::{Database, Error, now};

/// Status reports that are kept of one agent; the oldest beyond them are let go.
const MAX_PER_AGENT: u32 = 1000;

/// Which project of which agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusKey {
    /// The agent.
    pub agent_id: i64,
    /// Full path of the project.
    pub project_id: String,
    /// Where its inventory is.
    pub default_namespace: String,
}

/// How a project stood when the agent last told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRecord {
    /// Whose it is.
    pub key: StatusKey,
    /// When it came.
    pub received_at: i64,
    /// The report as it came.
    pub report: Vec<u8>,
}

impl Database {
    /// Keeps a status report in place of the last one.
    pub async fn store_status(&self, key: StatusKey, report: Vec<u8>) -> Result<(), Error> {
        self.run("store the status report", move |transaction| {
            let sql = "INSERT INTO statuses (agent_id, project_id, default_namespace, received_at, report)
                       VALUES (?1, ?2, ?3, ?4, ?5)
                       ON CONFLICT DO UPDATE SET received_at = excluded.received_at, report = excluded.report";
            let mut statement = transaction.prepare_cached(sql)?;
            statement.execute((key.agent_id, key.project_id, key.default_namespace, now(), report))?;
            let forget = "DELETE FROM statuses WHERE agent_id = ?1 AND received_at < (
                              SELECT received_at FROM statuses WHERE agent_id = ?1 ORDER BY received_at DESC LIMIT 1 OFFSET ?2)";
            transaction
                .prepare_cached(forget)?
                .execute((key.agent_id, MAX_PER_AGENT - 1))
                .map(drop)
        })
        .await
    }

    /// The newest status reports, of one agent or of all that are not revoked.
    pub async fn statuses(&self, agent_id: Option<i64>) -> Result<Vec<StatusRecord>, Error> {
        self.run("list status reports", move |transaction| {
            let sql = "SELECT agent_id, statuses.project_id, default_namespace, received_at, report
                       FROM statuses JOIN agents ON agents.id = agent_id
                       WHERE agent_id = ?1 OR (?1 IS NULL AND revoked_at IS NULL)
                       ORDER BY agent_id, statuses.project_id, default_namespace";
            let mut statement = transaction.prepare_cached(sql)?;
            let record = |row: &rusqlite::Row<'_>| {
                let key = StatusKey {
                    agent_id: row.get(0)?,
                    project_id: row.get(1)?,
                    default_namespace: row.get(2)?,
                };
                Ok(StatusRecord {
                    key,
                    received_at: row.get(3)?,
                    report: row.get(4)?,
                })
            };
            statement.query_map([agent_id], record)?.collect()
        })
        .await
    }
}
