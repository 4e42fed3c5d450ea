use super::{Database, Error};

impl Database {
    /// The number of a project, which it gets when it is first asked for.
    pub async fn project_number(&self, id: String) -> Result<i64, Error> {
        self.run("number the project", move |transaction| {
            transaction.execute("INSERT OR IGNORE INTO projects (id) VALUES (?1)", [&id])?;
            transaction.query_row("SELECT number FROM projects WHERE id = ?1", [&id], |row| {
                row.get(0)
            })
        })
        .await
    }
}
