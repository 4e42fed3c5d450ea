-- times are milliseconds since 1970
CREATE TABLE agents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    project_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    last_seen_at INTEGER
);
-- the name of a revoked agent may be used again
CREATE UNIQUE INDEX agents_by_name ON agents (project_id, name) WHERE revoked_at IS NULL;

CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    name TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
);
CREATE INDEX tokens_by_agent ON tokens (agent_id);

CREATE TABLE admin_tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
);

-- a project keeps its number for ever: inventories in clusters are named by it
CREATE TABLE projects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE
);

-- reports are the messages of glops.reports.v1 as they came
CREATE TABLE statuses (
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    project_id TEXT NOT NULL,
    default_namespace TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    report BLOB NOT NULL,
    PRIMARY KEY (agent_id, project_id, default_namespace)
) WITHOUT ROWID;

CREATE TABLE drift (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    project_id TEXT NOT NULL,
    default_namespace TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    record BLOB NOT NULL
);
CREATE INDEX drift_by_agent ON drift (agent_id, id);

CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    agent_id INTEGER NOT NULL REFERENCES agents (id),
    project_id TEXT NOT NULL,
    default_namespace TEXT NOT NULL,
    commit_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    record BLOB NOT NULL
);
CREATE INDEX audit_by_agent ON audit (agent_id, id);
