use rusqlite::{OptionalExtension, Row, named_params};

use super::{Database, Error, TokenHash, now, tokens};

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRecord {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The project that holds its configuration.
    pub project_id: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
    /// When a call of it came last.
    pub last_seen_at: Option<i64>,
}

const COLUMNS: &str = "id, name, project_id, created_at, revoked_at, last_seen_at";

impl AgentRecord {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            project_id: row.get(2)?,
            created_at: row.get(3)?,
            revoked_at: row.get(4)?,
            last_seen_at: row.get(5)?,
        })
    }
}

impl Database {
    /// Makes an agent with its first token.
    pub async fn create_agent(
        &self,
        name: String,
        project_id: String,
        token_name: String,
        token: TokenHash,
    ) -> Result<(AgentRecord, i64), Error> {
        self.run("create the agent", move |transaction| {
            let created_at = now();
            let sql = "INSERT INTO agents (name, project_id, created_at) VALUES (?1, ?2, ?3)";
            transaction.execute(sql, (&name, &project_id, created_at))?;
            let id = transaction.last_insert_rowid();
            let token_id = tokens::insert(transaction, id, &token_name, &token)?;
            let record = AgentRecord {
                id,
                name,
                project_id,
                created_at,
                revoked_at: None,
                last_seen_at: None,
            };
            Ok((record, token_id))
        })
        .await
    }

    /// All agents, oldest first.
    pub async fn agents(&self) -> Result<Vec<AgentRecord>, Error> {
        self.run("list agents", |transaction| {
            let sql = format!("SELECT {COLUMNS} FROM agents ORDER BY id");
            let mut statement = transaction.prepare_cached(&sql)?;
            statement.query_map([], AgentRecord::read)?.collect()
        })
        .await
    }

    /// One agent.
    pub async fn agent(&self, id: i64) -> Result<Option<AgentRecord>, Error> {
        self.run("read the agent", move |transaction| {
            let sql = format!("SELECT {COLUMNS} FROM agents WHERE id = ?1");
            transaction.query_row(&sql, [id], AgentRecord::read).optional()
        })
        .await
    }

    /// Revokes an agent and all its tokens.
    pub async fn revoke_agent(&self, id: i64) -> Result<(), Error> {
        self.run("revoke the agent", move |transaction| {
            let times = named_params! { ":id": id, ":now": now() };
            let sql = "UPDATE agents SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL";
            transaction.execute(sql, times)?;
            let sql = "UPDATE tokens SET revoked_at = :now WHERE agent_id = :id AND revoked_at IS NULL";
            transaction.execute(sql, times).map(drop)
        })
        .await
    }

    /// Notes that calls came with a token just now.
    pub async fn touch(&self, agent_id: i64, token_id: i64) -> Result<(), Error> {
        self.run("note the use of a token", move |transaction| {
            let now = now();
            transaction.execute(
                "UPDATE agents SET last_seen_at = ?2 WHERE id = ?1",
                (agent_id, now),
            )?;
            transaction
                .execute(
                    "UPDATE tokens SET last_used_at = ?2 WHERE id = ?1",
                    (token_id, now),
                )
                .map(drop)
        })
        .await
    }
}
