//! Golden files: what a program printed when somebody last looked and agreed.

use std::fs;

use crate::settings;

/// Compares `actual` with the file at `path`, seen from the repository's root. With `GLOPS_BLESS=1` the file is
/// written instead; look at the difference in Git before you commit it.
#[track_caller]
pub fn assert_golden(path: &str, actual: &str) {
    let file = settings::repository_root().join(path);
    if settings::path(settings::BLESS).is_some() {
        let folder = file.parent().expect("a path below the repository has a parent");
        fs::create_dir_all(folder)
            .unwrap_or_else(|error| panic!("failed to create the folder of {path}: {error}"));
        fs::write(&file, actual).unwrap_or_else(|error| panic!("failed to write {path}: {error}"));
        return;
    }
    let expected = fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("failed to read {path}: {error}; {}=1 writes it", settings::BLESS));
    assert!(
        expected == actual,
        "{path} differs; {}=1 accepts it:\n{}",
        settings::BLESS,
        similar::TextDiff::from_lines(expected.as_str(), actual)
            .unified_diff()
            .header("expected", "actual")
    );
}
