use rusqlite::{Row, Transaction};

use super::{Database, Error, now};

/// SHA-256 of a token; the token itself is stored nowhere.
pub type TokenHash = [u8; 32];

/// A token of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub agent_id: i64,
    /// What it is called.
    pub name: String,
    /// What it is known by.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: i64,
    /// When a call came with it last.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

/// A token of an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminTokenRecord {
    /// What it is known by.
    pub hash: TokenHash,
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    agent_id: i64,
    name: &str,
    hash: &TokenHash,
) -> rusqlite::Result<i64> {
    let sql = "INSERT INTO tokens (agent_id, name, hash, created_at) VALUES (?1, ?2, ?3, ?4)";
    transaction.execute(sql, (agent_id, name, hash, now()))?;
    Ok(transaction.last_insert_rowid())
}

fn read(row: &Row<'_>) -> rusqlite::Result<TokenRecord> {
    Ok(TokenRecord {
        id: row.get(0)?,
        agent_id: row.get(1)?,
        name: row.get(2)?,
        hash: row.get(3)?,
        created_at: row.get(4)?,
        last_used_at: row.get(5)?,
        revoked_at: row.get(6)?,
    })
}

impl Database {
    /// Adds a token to an agent.
    pub async fn create_token(&self, agent_id: i64, name: String, hash: TokenHash) -> Result<i64, Error> {
        self.run("create the token", move |transaction| {
            insert(transaction, agent_id, &name, &hash)
        })
        .await
    }

    /// All tokens, oldest first.
    pub async fn tokens(&self) -> Result<Vec<TokenRecord>, Error> {
        self.run("list tokens", |transaction| {
            let sql = "SELECT id, agent_id, name, hash, created_at, last_used_at, revoked_at FROM tokens ORDER BY id";
            let mut statement = transaction.prepare_cached(sql)?;
            statement.query_map([], read)?.collect()
        })
        .await
    }

    /// Revokes a token.
    pub async fn revoke_token(&self, id: i64) -> Result<(), Error> {
        self.run("revoke the token", move |transaction| {
            let sql = "UPDATE tokens SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
            transaction.execute(sql, (id, now())).map(drop)
        })
        .await
    }

    /// Adds a token of an administrator.
    pub async fn create_admin_token(&self, hash: TokenHash) -> Result<(), Error> {
        self.run("create the admin token", move |transaction| {
            let sql = "INSERT INTO admin_tokens (hash, created_at) VALUES (?1, ?2)";
            transaction.execute(sql, (hash, now())).map(drop)
        })
        .await
    }

    /// All tokens of administrators.
    pub async fn admin_tokens(&self) -> Result<Vec<AdminTokenRecord>, Error> {
        self.run("list admin tokens", |transaction| {
            let mut statement = transaction.prepare_cached("SELECT hash FROM admin_tokens")?;
            statement
                .query_map([], |row| Ok(AdminTokenRecord { hash: row.get(0)? }))?
                .collect()
        })
        .await
    }
}
