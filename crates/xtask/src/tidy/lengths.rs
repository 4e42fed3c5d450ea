//! Files that have grown long: no violation, but a reason to look again.

use crate::repository;

const LOOK_AGAIN: usize = 400;

/// Rust files above the limit, longest first, their tests not counted.
pub(super) fn report(files: &[String]) -> Vec<String> {
    let mut long: Vec<(usize, &str)> = files
        .iter()
        .filter(|path| repository::is_rust(path) && !repository::is_test(path))
        .filter(|path| !path.contains("/generated/"))
        .filter_map(|path| Some((length(&repository::text(path)?), path.as_str())))
        .filter(|(lines, _)| *lines > LOOK_AGAIN)
        .collect();
    long.sort_unstable_by(|one, other| other.cmp(one));
    long.into_iter()
        .map(|(lines, path)| format!("{path} has {lines} lines"))
        .collect()
}

fn length(text: &str) -> usize {
    text.lines().take_while(|line| *line != "#[cfg(test)]").count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_count() {
        assert_eq!(length("one\ntwo\n#[cfg(test)]\nmod tests {}\n"), 2);
    }
}
