//! Lines of progress; some steps run for minutes, and silence would look like a hang.

use std::io::Write;

/// Writes one line to standard error.
pub fn progress(line: &str) {
    // nothing can be done about a closed standard error
    let _ = writeln!(std::io::stderr(), "testkit: {line}");
}
