use std::path::Path;

use rusqlite::Connection;

use super::Error;

/// Each brings the database from the version of its index to the next.
const STEPS: [&str; 2] = [include_str!("migrations/1.sql"), include_str!("migrations/2.sql")];

pub(super) fn run(connection: &mut Connection, path: &Path) -> Result<(), Error> {
    let failed = |source| Error::Open {
        path: path.to_owned(),
        source,
    };
    let known = STEPS.len() as i64;
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    if found > known {
        return Err(Error::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    for (version, step) in STEPS
        .iter()
        .enumerate()
        .skip(usize::try_from(found).unwrap_or_default())
    {
        let transaction = connection.transaction().map_err(failed)?;
        transaction.execute_batch(step).map_err(failed)?;
        transaction
            .pragma_update(None, "user_version", version as i64 + 1)
            .map_err(failed)?;
        transaction.commit().map_err(failed)?;
    }
    Ok(())
}
