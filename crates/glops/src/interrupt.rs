//! Ctrl-C: the first one lets what is under way end, the second one ends the program.

use tokio_util::sync::CancellationToken;

use crate::ui::Ui;

/// How the shell sees a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// A token that the first Ctrl-C cancels.
pub(crate) fn token(ui: &Ui) -> CancellationToken {
    let token = CancellationToken::new();
    let cancelled = token.clone();
    let notice = ui.notice("stopping once what is under way has ended; press Ctrl-C again to stop now");
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            notice();
            cancelled.cancel();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(INTERRUPTED);
            }
        }
    });
    token
}
