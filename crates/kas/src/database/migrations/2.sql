-- commits that a project has had, newest last: what an agent says it has counts only when it came from there
CREATE TABLE commits (
    seen INTEGER PRIMARY KEY AUTOINCREMENT,
    project_number INTEGER NOT NULL REFERENCES projects (number),
    id TEXT NOT NULL,
    UNIQUE (project_number, id)
);
