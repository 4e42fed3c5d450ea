use git::File;
use globset::{GlobBuilder, GlobMatcher};

/// A pattern that means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("glob {glob:?} is not valid: {problem}")]
pub struct InvalidGlob {
    /// As given.
    pub glob: String,
    /// What is wrong with it.
    pub problem: String,
}

/// The longest glob: what it becomes is far larger than what it was.
const MAX_GLOB_BYTES: usize = 1024;

#[derive(Debug)]
enum Selector {
    Glob {
        // the part before the first special character, down to its last slash
        prefix: String,
        matcher: GlobMatcher,
    },
    File(String),
    // with a slash at its end, or empty for the root
    Directory(String),
}

/// Which files of a commit are meant.
#[derive(Debug, Default)]
pub struct Selection(Vec<Selector>);

impl Selection {
    /// Adds the files that a glob means. `**` stands for any directories, but for none that begins with a dot unless
    /// the glob names it.
    pub fn add_glob(&mut self, glob: &str) -> Result<(), InvalidGlob> {
        let glob = glob.strip_prefix('/').unwrap_or(glob);
        let invalid = |problem: String| InvalidGlob {
            glob: glob.to_owned(),
            problem,
        };
        if glob.len() > MAX_GLOB_BYTES {
            return Err(invalid(format!("longer than {MAX_GLOB_BYTES} bytes")));
        }
        let matcher = GlobBuilder::new(glob)
            .literal_separator(true)
            .backslash_escape(true)
            .empty_alternates(true)
            .build()
            .map_err(|error| invalid(error.kind().to_string()))?;
        let literal = glob.find(['*', '?', '[', '{', '\\']).unwrap_or(glob.len());
        let prefix = glob[..literal].rfind('/').map_or("", |slash| &glob[..=slash]);
        self.0.push(Selector::Glob {
            prefix: prefix.to_owned(),
            matcher: matcher.compile_matcher(),
        });
        Ok(())
    }

    /// Adds one file.
    pub fn add_file(&mut self, path: &str) {
        self.0
            .push(Selector::File(path.trim_start_matches('/').to_owned()));
    }

    /// Adds everything below a directory; the empty path is the root.
    pub fn add_directory(&mut self, path: &str) {
        let path = path.trim_matches('/');
        let with_slash = if path.is_empty() {
            String::new()
        } else {
            format!("{path}/")
        };
        self.0.push(Selector::Directory(with_slash));
    }

    /// Whether a file is meant. A selection of nothing means everything.
    pub fn contains(&self, path: &str) -> bool {
        self.0.is_empty() || self.matches(path) > 0
    }

    /// How many of the parts mean a file.
    pub fn matches(&self, path: &str) -> usize {
        let is_meant = |selector: &&Selector| match selector {
            Selector::File(file) => file == path,
            Selector::Directory(directory) => path.starts_with(directory.as_str()),
            Selector::Glob { prefix, matcher } => path
                .strip_prefix(prefix.as_str())
                .is_some_and(|rest| !is_in_hidden_directory(rest) && matcher.is_match(path)),
        };
        self.0.iter().filter(is_meant).count()
    }

    /// The files that are meant.
    pub fn of(&self, files: &[File]) -> Vec<File> {
        files
            .iter()
            .filter(|file| self.contains(&file.path))
            .cloned()
            .collect()
    }
}

fn is_in_hidden_directory(path: &str) -> bool {
    path.rsplit_once('/')
        .is_some_and(|(directory, _)| directory.split('/').any(|part| part.starts_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(glob: &str, paths: &[&'static str]) -> Vec<&'static str> {
        let mut selection = Selection::default();
        selection.add_glob(glob).unwrap();
        paths
            .iter()
            .copied()
            .filter(|path| selection.contains(path))
            .collect()
    }

    const PATHS: [&str; 7] = [
        "a.yaml",
        "deploy/b.yml",
        "deploy/x/c.json",
        "deploy/x/readme.md",
        ".github/d.yaml",
        "deploy/.hidden/e.yaml",
        ".f.yaml",
    ];

    #[test]
    fn globs_mean_what_gitlab_means() {
        assert_eq!(
            matched("**/*.{yaml,yml,json}", &PATHS),
            ["a.yaml", "deploy/b.yml", "deploy/x/c.json", ".f.yaml"]
        );
        assert_eq!(
            matched("/deploy/**/*", &PATHS),
            ["deploy/b.yml", "deploy/x/c.json", "deploy/x/readme.md"]
        );
        assert_eq!(matched("deploy/*", &PATHS), ["deploy/b.yml"]);
        assert_eq!(matched("*.yaml", &PATHS), ["a.yaml", ".f.yaml"]);
        assert_eq!(matched(".github/*.yaml", &PATHS), [".github/d.yaml"]);
        assert_eq!(matched("deploy/x/c.json", &PATHS), ["deploy/x/c.json"]);
        assert_eq!(matched("deploy/[a-c]*", &PATHS), ["deploy/b.yml"]);
    }

    #[test]
    fn files_directories_and_everything() {
        let mut selection = Selection::default();
        assert!(selection.contains("anything"));
        selection.add_file("/a.yaml");
        selection.add_directory("deploy/x/");
        let found: Vec<&str> = PATHS
            .into_iter()
            .filter(|path| selection.contains(path))
            .collect();
        assert_eq!(found, ["a.yaml", "deploy/x/c.json", "deploy/x/readme.md"]);
        let mut root = Selection::default();
        root.add_directory("");
        assert!(root.contains("deploy/.hidden/e.yaml"));
    }

    #[test]
    fn a_glob_that_means_nothing_is_refused() {
        let error = Selection::default().add_glob("a/[b").unwrap_err();
        assert!(
            error.to_string().starts_with("glob \"a/[b\" is not valid: "),
            "{error}"
        );
    }
}
