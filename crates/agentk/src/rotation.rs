//! Follows the file that holds the token: a Secret that is rotated changes it while the agent runs.

use std::{path::PathBuf, time::Duration};

use rpc::client::Token;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::settings::read_token;

/// A kubelet takes about a minute to bring a changed Secret; this adds little to that and costs one small read.
const PERIOD: Duration = Duration::from_secs(5);

/// Takes over what `file` holds until `stop`. While nothing can be read of it, the last token stays.
pub(crate) async fn follow(file: PathBuf, token: Token, stop: CancellationToken) {
    let mut told = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PERIOD) => {}
        }
        match read_token(file.clone()) {
            Ok(found) => {
                if token.replace(&found) {
                    info!(file = %file.display(), "the token was replaced by the one that the file holds now");
                }
                told = false;
            }
            Err(error) if !told => {
                let error = format!("{:#}", anyhow::Error::from(error));
                warn!(error, "the last token stays");
                told = true;
            }
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_rotated_token_is_taken_over_and_a_missing_file_changes_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("token");
        let token = Token::new("glagent-first").unwrap();
        let stop = CancellationToken::new();
        let following = tokio::spawn(follow(file.clone(), token.clone(), stop.clone()));
        let shown = || token.authorization().to_str().unwrap().to_owned();
        tokio::time::sleep(PERIOD * 2).await;
        assert_eq!(shown(), "Bearer glagent-first");
        std::fs::write(&file, "glagent-second\n").unwrap();
        tokio::time::sleep(PERIOD * 2).await;
        assert_eq!(shown(), "Bearer glagent-second");
        std::fs::write(&file, "").unwrap();
        tokio::time::sleep(PERIOD * 2).await;
        assert_eq!(shown(), "Bearer glagent-second");
        stop.cancel();
        following.await.unwrap();
    }
}
