use super::{Database, Error};

/// Commits that are remembered of each project. An agent that has an older one gets everything again.
const KEPT: u32 = 1000;

impl Database {
    /// Remembers that a project has a commit, and lets go of the oldest beyond a bound.
    pub async fn note_commit(&self, project_number: i64, id: String) -> Result<(), Error> {
        self.run("note the commit", move |transaction| {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO commits (project_number, id) VALUES (?1, ?2)")?
                .execute((project_number, id))?;
            let forget = "DELETE FROM commits WHERE project_number = ?1 AND seen <= (
                              SELECT seen FROM commits WHERE project_number = ?1 ORDER BY seen DESC LIMIT 1 OFFSET ?2)";
            transaction
                .prepare_cached(forget)?
                .execute((project_number, KEPT))
                .map(drop)
        })
        .await
    }

    /// Whether a project is known to have, or to have had, a commit.
    pub async fn has_commit(&self, project_number: i64, id: String) -> Result<bool, Error> {
        self.run("look up the commit", move |transaction| {
            transaction
                .prepare_cached("SELECT 1 FROM commits WHERE project_number = ?1 AND id = ?2")?
                .exists((project_number, id))
        })
        .await
    }
}
