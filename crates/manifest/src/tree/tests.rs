use super::*;

fn path(text: &str) -> TreePath {
    TreePath::new(text).unwrap()
}

#[test]
fn paths_are_cleaned_and_stay_inside() {
    assert_eq!(path("a//b/./c/..").as_str(), "/a/b");
    assert_eq!(path("/a").join("../b").unwrap().as_str(), "/b");
    assert_eq!(path("a").join("/b").unwrap().as_str(), "/b");
    assert!(path("a").join("../../b").is_err());
    assert!(path("/ab").is_within(&path("/ab")) && !path("/ab").is_within(&path("/a")));
    assert_eq!(
        (path("/a").parent(), path("/").file_name()),
        (TreePath::root(), None)
    );
}

#[test]
fn memory_lists_files_and_directories() {
    let tree = Tree::from_files([("b/x.yaml", "x"), ("a.yaml", "a"), ("b/c/y.yaml", "y")]).unwrap();
    let names: Vec<_> = tree.list(&TreePath::root()).unwrap();
    assert_eq!(
        names,
        [
            ("a.yaml".to_owned(), Entry::File),
            ("b".to_owned(), Entry::Directory)
        ]
    );
    assert_eq!(
        tree.files_below(&path("b")).unwrap(),
        [path("b/c/y.yaml"), path("b/x.yaml")]
    );
    assert!(matches!(tree.read(&path("b")), Err(Error::IsDirectory(_))));
    assert!(matches!(tree.read(&path("z")), Err(Error::NotFound(_))));
    assert!(matches!(
        tree.read_limited(&path("a.yaml"), 0),
        Err(Error::TooBig {
            size: 1,
            limit: 0,
            ..
        })
    ));
}

#[test]
fn links_are_followed_inside_and_refused_outside() {
    let mut files = MemoryTree::from_files([("real/x.yaml", "x")]).unwrap();
    files.insert_link(&path("link"), "real");
    files.insert_link(&path("out"), "../etc");
    files.insert_link(&path("absolute"), "/real");
    files.insert_link(&path("loop"), "loop");
    let tree = Tree::new(files);
    assert_eq!(tree.resolve(&path("link/x.yaml")).unwrap(), path("real/x.yaml"));
    assert_eq!(tree.read(&path("link/x.yaml")).unwrap(), "x");
    assert!(matches!(
        tree.read(&path("out/passwd")),
        Err(Error::OutsideRoot { .. })
    ));
    assert!(matches!(
        tree.read(&path("absolute/x.yaml")),
        Err(Error::OutsideRoot { .. })
    ));
    assert!(matches!(tree.read(&path("loop")), Err(Error::TooManyLinks(_))));
}

#[test]
fn a_directory_reads_as_memory_does() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("b")).unwrap();
    std::fs::write(directory.path().join("b/x.yaml"), "x").unwrap();
    std::os::unix::fs::symlink("/etc", directory.path().join("out")).unwrap();
    let tree = Tree::directory(directory.path());
    assert_eq!(tree.read(&path("b/x.yaml")).unwrap(), "x");
    assert!(tree.is_directory(&path("b")) && tree.is_file(&path("b/x.yaml")));
    assert!(matches!(
        tree.read(&path("out/passwd")),
        Err(Error::OutsideRoot { .. })
    ));
    assert_eq!(tree.entry(&path("b/x.yaml/y")).unwrap(), None);
    std::os::unix::fs::symlink(directory.path().join("b"), directory.path().join("b/inside")).unwrap();
    assert_eq!(tree.read(&path("b/inside/x.yaml")).unwrap(), "x");
}
