use std::{io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use subtle::ConstantTimeEq;
use tonic::{Status, metadata::MetadataMap};

use super::{NewToken, token};
use crate::database::{Database, TokenHash};

/// Who may administer this kas.
#[derive(Clone, Debug)]
pub struct Administrators {
    tokens: Vec<TokenHash>,
}

impl Administrators {
    /// Reads the admin tokens. When there is none, one is made and written to `file`, which only its owner may read.
    pub async fn load(database: &Database, file: &Path) -> anyhow::Result<Self> {
        let mut tokens: Vec<TokenHash> = database
            .admin_tokens()
            .await?
            .into_iter()
            .map(|token| token.hash)
            .collect();
        if tokens.is_empty() {
            let token = NewToken::for_administrator();
            let hash = token.hash();
            // the file first: a token that is stored and shown nowhere would be of no use to anyone
            write_once(file, &token.into_text())
                .with_context(|| format!("failed to write the admin token to {}", file.display()))?;
            database.create_admin_token(hash).await?;
            tracing::info!(file = %file.display(), "an admin token was made");
            tokens.push(hash);
        }
        Ok(Self { tokens })
    }

    /// Whether the call comes with an admin token.
    pub fn authenticate(&self, metadata: &MetadataMap) -> Result<(), Status> {
        let given = token::bearer(metadata).map(token::hash);
        let known = given.is_some_and(|given| {
            // all are compared, each in constant time
            self.tokens
                .iter()
                .fold(false, |found, token| found | bool::from(token.ct_eq(&given)))
        });
        if known {
            Ok(())
        } else {
            Err(Status::unauthenticated("unauthenticated"))
        }
    }
}

fn write_once(file: &Path, token: &str) -> std::io::Result<()> {
    // a file that is there may be open to others; a new one is not
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(file, "{token}")?;
    file.sync_all()
}
