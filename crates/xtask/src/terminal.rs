//! What a task says to who runs it.

use std::io::Write;

/// Writes one line to standard output.
pub(crate) fn line(text: impl AsRef<str>) {
    // nothing can be done about a closed standard output
    let _ = writeln!(std::io::stdout(), "{}", text.as_ref());
}

/// Writes one line to standard error.
pub(crate) fn error_line(text: impl std::fmt::Display) {
    // nothing can be done about a closed standard error
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A heading that stands out among the output of other programs.
pub(crate) fn heading(text: &str) {
    line(format!("\n==== {text}"));
}
