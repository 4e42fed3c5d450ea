use globset::{GlobBuilder, GlobMatcher};
use manifest::{Tree, TreePath};

use super::Error;

const EXTENSIONS: &[&str] = &[".yaml", ".yml", ".json"];
const SPECIAL: &[char] = &['*', '?', '[', '{'];

/// Something to be rendered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A file of manifests.
    File(TreePath),
    /// A directory with a kustomization.
    Kustomization(TreePath),
    /// A directory with a chart.
    Chart(TreePath),
}

/// What the paths and patterns name, each once and in order.
pub(super) fn select(tree: &Tree, paths: &[String], errors: &mut Vec<Error>) -> Vec<Source> {
    let mut sources = Vec::new();
    let whole = [String::from("/")];
    for path in if paths.is_empty() { &whole } else { paths } {
        let found = if path.contains(SPECIAL) {
            by_pattern(tree, path)
        } else {
            by_path(tree, path)
        };
        match found {
            Ok(found) => sources.extend(found),
            Err(error) => errors.push(error),
        }
    }
    sources.sort();
    sources.dedup();
    sources
}

/// Whether some of what the paths name is a chart.
pub fn has_charts(tree: &Tree, paths: &[String]) -> bool {
    let sources = select(tree, paths, &mut Vec::new());
    sources.iter().any(|source| matches!(source, Source::Chart(_)))
}

fn by_path(tree: &Tree, path: &str) -> Result<Vec<Source>, Error> {
    let path = TreePath::new(path).map_err(|source| Error::Pattern {
        pattern: path.to_owned(),
        source: Box::new(source),
    })?;
    if tree.is_file(&path) {
        return Ok(vec![Source::File(path)]);
    }
    let mut sources = Vec::new();
    walk(tree, &path, &mut sources)?;
    Ok(sources)
}

/// Takes a directory as what it is: a kustomization and a chart own all that is below them.
fn walk(tree: &Tree, directory: &TreePath, sources: &mut Vec<Source>) -> Result<(), Error> {
    if let Some(built) = built_source(tree, directory) {
        sources.push(built);
        return Ok(());
    }
    let entries = tree.list(directory).map_err(|source| Error::List {
        path: directory.clone(),
        source,
    })?;
    for (name, entry) in entries {
        let child = directory.child(&name);
        if entry == manifest::tree::Entry::Directory {
            if !name.starts_with('.') {
                walk(tree, &child, sources)?;
            }
        } else if is_manifest(&name) && tree.is_file(&child) {
            sources.push(Source::File(child));
        }
    }
    Ok(())
}

fn built_source(tree: &Tree, directory: &TreePath) -> Option<Source> {
    let has = |name: &str| tree.is_file(&directory.child(name));
    if ["kustomization.yaml", "kustomization.yml", "Kustomization"]
        .into_iter()
        .any(has)
    {
        Some(Source::Kustomization(directory.clone()))
    } else if has("Chart.yaml") {
        Some(Source::Chart(directory.clone()))
    } else {
        None
    }
}

/// Files by pattern, as GitLab's `glob` has it: `**` crosses directories, `*` does not, hidden files only when named.
fn by_pattern(tree: &Tree, pattern: &str) -> Result<Vec<Source>, Error> {
    let matcher = compile(pattern)?;
    let root = fixed_part(pattern)?;
    if !tree.is_directory(&root) {
        return Err(Error::NothingMatches(pattern.to_owned()));
    }
    let files = tree
        .files_below(&root)
        .map_err(|source| Error::List { path: root, source })?;
    let matching = files.into_iter().filter(|file| {
        matcher.is_match(file.relative())
            && file.file_name().is_some_and(is_manifest)
            && !is_hidden(file, pattern)
    });
    let sources: Vec<_> = matching.map(Source::File).collect();
    if sources.is_empty() {
        return Err(Error::NothingMatches(pattern.to_owned()));
    }
    Ok(sources)
}

fn compile(pattern: &str) -> Result<GlobMatcher, Error> {
    let relative = pattern.trim_start_matches("./").trim_start_matches('/');
    let glob = GlobBuilder::new(relative).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|source| Error::Pattern {
            pattern: pattern.to_owned(),
            source: Box::new(source),
        })
}

/// The directory above the first part that is a pattern.
fn fixed_part(pattern: &str) -> Result<TreePath, Error> {
    let fixed: Vec<&str> = pattern
        .split('/')
        .take_while(|part| !part.contains(SPECIAL))
        .collect();
    TreePath::new(&fixed.join("/")).map_err(|source| Error::Pattern {
        pattern: pattern.to_owned(),
        source: Box::new(source),
    })
}

fn is_manifest(name: &str) -> bool {
    EXTENSIONS.iter().any(|extension| name.ends_with(extension)) && !name.starts_with('.')
}

fn is_hidden(file: &TreePath, pattern: &str) -> bool {
    !pattern.contains("/.") && file.components().any(|part| part.starts_with('.'))
}
