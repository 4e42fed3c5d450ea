use std::fmt::Write;

use super::Error;
use crate::capabilities::Compatibility;
use crate::glob::path_matches;
use crate::output::documents;

const SOURCE: &str = "# Source: ";

/// The documents of a printed render whose templates match one of the patterns.
pub(super) fn show_only(
    printed: &str,
    patterns: &[String],
    compatibility: Compatibility,
) -> Result<String, Error> {
    let documents = documents(printed, compatibility);
    let named: Vec<(&str, &str)> = documents
        .iter()
        .filter_map(|document| Some((file_of(document)?, *document)))
        .collect();
    let mut shown = String::new();
    for pattern in patterns {
        let mut missing = true;
        for (file, document) in &named {
            if path_matches(pattern, file) == Some(true) {
                missing = false;
                // writing to a String cannot fail
                let _ = write!(shown, "---\n{document}\n");
            }
        }
        if missing {
            return Err(Error::NoSuchTemplate(pattern.clone()));
        }
    }
    Ok(shown)
}

/// The path below the chart that a document names as its source.
fn file_of(document: &str) -> Option<&str> {
    document.match_indices(SOURCE).find_map(|(at, _)| {
        let line = document[at + SOURCE.len()..].lines().next()?;
        let (chart, file) = line.split_once('/')?;
        (!chart.is_empty() && !file.is_empty()).then_some(file)
    })
}
