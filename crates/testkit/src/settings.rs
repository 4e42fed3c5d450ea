//! The environment variables that testkit reads, all in one place.

use std::env;
use std::path::{Path, PathBuf};

/// Names a cluster to use instead of starting one; only for those who say so.
pub const KUBECONFIG: &str = "GLOPS_TEST_KUBECONFIG";
/// The directory of a running control plane that this test run shares; `cargo xtask test` sets it.
pub const CONTROL_PLANE: &str = "GLOPS_TEST_CONTROL_PLANE";
/// The directory of the workspace's built programs; `cargo xtask test` sets it.
pub const PROGRAMS: &str = "GLOPS_TEST_PROGRAMS";
/// Writes golden files instead of comparing with them.
pub const BLESS: &str = "GLOPS_BLESS";
/// A directory that holds ready-made control plane programs, under the name that the field uses.
pub const ASSETS: &str = "KUBEBUILDER_ASSETS";
/// Where built programs are kept between runs.
pub const CACHE: &str = "GLOPS_CACHE";

/// The path held by the variable `name`, when it is set and not empty.
pub fn path(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// `$GLOPS_CACHE`, else `glops` in the user's cache directory.
pub fn cache_directory() -> PathBuf {
    path(CACHE).unwrap_or_else(|| {
        path("XDG_CACHE_HOME")
            .or_else(|| path("HOME").map(|home| home.join(".cache")))
            .unwrap_or_else(env::temp_dir)
            .join("glops")
    })
}

/// The root of the repository that this crate was built from.
pub fn repository_root() -> PathBuf {
    let crate_directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_directory
        .ancestors()
        .nth(2)
        .unwrap_or(crate_directory)
        .to_path_buf()
}
