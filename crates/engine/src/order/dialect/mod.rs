//! What each tool's annotations say, one file per tool.

pub(super) mod argo;
pub(super) mod cli_utils;
pub(super) mod helm;
pub(super) mod kapp;
pub(super) mod kluctl;

/// What an annotation may hold, said of one that holds something else.
#[derive(Debug)]
pub(super) struct Expected(pub(super) &'static str);

/// The items of a comma-separated list, trimmed, without empty ones.
fn items(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty())
}
