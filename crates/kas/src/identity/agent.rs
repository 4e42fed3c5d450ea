use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tonic::{Status, metadata::MetadataMap};

use super::{limiter::Limiter, token};
use crate::database::{Database, Error, TokenHash, now};

/// Streams that calls with one token may keep open together, so that one agent cannot use up what all share.
const MAX_STREAMS_PER_TOKEN: usize = 2000;

/// An agent that a token proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentIdentity {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The project that holds its configuration.
    pub project_id: String,
}

/// An agent's permission to be served, for as long as its token is valid.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who it is.
    pub agent: Arc<AgentIdentity>,
    revoked: CancellationToken,
    streams: Arc<Semaphore>,
}

impl Session {
    /// Room for one more open stream, kept for as long as this is held.
    pub fn open_stream(&self) -> Result<OwnedSemaphorePermit, Status> {
        Arc::clone(&self.streams).try_acquire_owned().map_err(|_| {
            Status::resource_exhausted(format!(
                "this agent has {MAX_STREAMS_PER_TOKEN} streams open already; close some"
            ))
        })
    }

    /// Ends when the token is revoked.
    pub async fn revoked(&self) {
        self.revoked.cancelled().await;
    }
}

#[derive(Debug)]
struct Token {
    id: i64,
    agent: Arc<AgentIdentity>,
    revoked: CancellationToken,
    limiter: Limiter,
    streams: Arc<Semaphore>,
    // the last minute in which its use was noted
    noted: Limiter,
}

/// All agents and their valid tokens. What the database has is here too, so that a call needs no disk.
#[derive(Debug)]
pub struct Agents {
    database: Database,
    calls_per_minute: u32,
    tokens: RwLock<HashMap<TokenHash, Arc<Token>>>,
}

impl Agents {
    /// Reads all agents and tokens.
    pub async fn load(database: Database, calls_per_minute: u32) -> Result<Self, Error> {
        let agents = database.agents().await?;
        let identities: HashMap<i64, Arc<AgentIdentity>> = agents
            .into_iter()
            .filter(|agent| agent.revoked_at.is_none())
            .map(|agent| {
                let identity = AgentIdentity {
                    id: agent.id,
                    name: agent.name,
                    project_id: agent.project_id,
                };
                (agent.id, Arc::new(identity))
            })
            .collect();
        let loaded = Self {
            database: database.clone(),
            calls_per_minute,
            tokens: RwLock::default(),
        };
        for record in database.tokens().await? {
            if let (None, Some(agent)) = (record.revoked_at, identities.get(&record.agent_id)) {
                loaded.admit(record.hash, record.id, Arc::clone(agent));
            }
        }
        Ok(loaded)
    }

    /// Makes a token valid that is stored already.
    pub fn admit(&self, hash: TokenHash, id: i64, agent: Arc<AgentIdentity>) {
        let token = Token {
            id,
            agent,
            revoked: CancellationToken::new(),
            limiter: Limiter::new(self.calls_per_minute),
            streams: Arc::new(Semaphore::new(MAX_STREAMS_PER_TOKEN)),
            noted: Limiter::new(1),
        };
        self.tokens
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(hash, Arc::new(token));
    }

    /// Ends a token at once, and everything that was opened with it.
    pub fn revoke_token(&self, id: i64) {
        self.revoke(|token| token.id == id);
    }

    /// Ends all tokens of an agent.
    pub fn revoke_agent(&self, id: i64) {
        self.revoke(|token| token.agent.id == id);
    }

    fn revoke(&self, matches: impl Fn(&Token) -> bool) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, token| {
            let revoke = matches(token);
            if revoke {
                token.revoked.cancel();
            }
            !revoke
        });
    }

    /// Who calls, when the token is valid and within its limit.
    pub fn authenticate(&self, metadata: &MetadataMap) -> Result<Session, Status> {
        let unauthenticated = || Status::unauthenticated("unauthenticated");
        let hash = token::hash(token::bearer(metadata).ok_or_else(unauthenticated)?);
        // looked up by the digest of a secret with 297 random bits: what the time of a miss tells is of no use
        let token = self
            .tokens
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&hash)
            .cloned();
        let token = token.ok_or_else(unauthenticated)?;
        let minute = u32::try_from(now() / 60_000).unwrap_or_default();
        if !token.limiter.admit(minute) {
            return Err(Status::resource_exhausted(
                "new connection rate limit exhausted for this agent, try again later",
            ));
        }
        if token.noted.admit(minute) {
            self.note_use(token.agent.id, token.id);
        }
        Ok(Session {
            agent: Arc::clone(&token.agent),
            revoked: token.revoked.clone(),
            streams: Arc::clone(&token.streams),
        })
    }

    fn note_use(&self, agent_id: i64, token_id: i64) {
        let database = self.database.clone();
        tokio::spawn(async move {
            if let Err(error) = database.touch(agent_id, token_id).await {
                tracing::warn!(error = %crate::services::chain(&error), "failed to note that an agent was seen");
            }
        });
    }
}
