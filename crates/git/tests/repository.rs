//! What can be read from a repository on this machine.

#![expect(clippy::unwrap_used, reason = "a failure here is a failure of the test")]

use git::{Change, Error, File, FileMode, Listing, ObjectId, Repository};
use manifest::{TreePath, tree::Entry};
use testkit::git::{Commit, Repository as Written};

struct Stand {
    written: Written,
    repository: Repository,
    directory: tempfile::TempDir,
}

fn stand() -> Stand {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.git");
    let written = Written::create("app", path.clone(), String::new()).unwrap();
    let repository = Repository::open(path).unwrap();
    Stand {
        written,
        repository,
        directory,
    }
}

fn id(hex: &str) -> ObjectId {
    ObjectId::from_hex(hex.as_bytes()).unwrap()
}

fn path(path: &str) -> TreePath {
    TreePath::new(path).unwrap()
}

#[test]
fn a_commit_is_a_tree_of_files() {
    let stand = stand();
    let commit = Commit::new("first\n\nmore about it")
        .write("deploy/app.yaml", "kind: Deployment")
        .write("deploy-notes.txt", "sorted beside deploy/ by Git")
        .write("README.md", "read me")
        .link("app.yaml", "deploy/app.yaml")
        .link("outside", "../secret");
    let commit = id(&stand.written.commit("main", &commit).unwrap());
    let tree = stand.repository.tree(commit).unwrap();
    assert_eq!(tree.read(&path("deploy/app.yaml")).unwrap(), "kind: Deployment");
    assert_eq!(tree.read(&path("app.yaml")).unwrap(), "kind: Deployment");
    assert!(matches!(
        tree.read(&path("outside")),
        Err(manifest::tree::Error::OutsideRoot { .. })
    ));
    assert!(matches!(
        tree.read(&path("none.yaml")),
        Err(manifest::tree::Error::NotFound(_))
    ));
    assert!(matches!(
        tree.read_limited(&path("README.md"), 3),
        Err(manifest::tree::Error::TooBig { size: 7, .. })
    ));
    let names: Vec<String> = tree
        .list(&TreePath::root())
        .unwrap()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        names,
        ["README.md", "app.yaml", "deploy", "deploy-notes.txt", "outside"]
    );
    assert_eq!(
        tree.entry(&path("app.yaml")).unwrap(),
        Some(Entry::Symlink("deploy/app.yaml".into()))
    );
    let info = stand.repository.commit(commit).unwrap();
    assert_eq!(
        (info.subject.as_str(), info.committed_at),
        ("first", 1_750_000_000)
    );
    assert_eq!(tree.identity(), Some(info.tree.to_string()));
}

#[test]
fn files_and_their_changes() {
    let stand = stand();
    let first = Commit::new("first")
        .write("a/b.yaml", "one")
        .write("a.yaml", "two")
        .link("l", "a.yaml");
    let first = id(&stand.written.commit("main", &first).unwrap());
    let second = Commit::new("second")
        .write("a.yaml", "changed")
        .remove("l")
        .write("z.yaml", "new");
    let second = id(&stand.written.commit("main", &second).unwrap());
    let before = stand.repository.files(first).unwrap();
    let after = stand.repository.files(second).unwrap();
    let listed: Vec<(&str, FileMode)> = before
        .iter()
        .map(|file| (file.path.as_str(), file.mode))
        .collect();
    assert_eq!(
        listed,
        [
            ("a.yaml", FileMode::File),
            ("a/b.yaml", FileMode::File),
            ("l", FileMode::Symlink)
        ]
    );
    let changes = File::changes(&before, &after);
    assert_eq!(
        changes,
        [
            Change::Modified(&after[0]),
            Change::Removed(&before[2]),
            Change::Added(&after[2])
        ]
    );
}

#[test]
fn revisions_and_their_common_ancestor() {
    let stand = stand();
    assert!(matches!(stand.repository.head(), Err(Error::Empty { .. })));
    let base = id(&stand
        .written
        .commit("main", &Commit::new("base").write("a", "1"))
        .unwrap());
    stand.written.reset("topic", "main").unwrap();
    let main = id(&stand
        .written
        .commit("main", &Commit::new("main").write("a", "2"))
        .unwrap());
    let topic = id(&stand
        .written
        .commit("topic", &Commit::new("topic").write("b", "3"))
        .unwrap());
    assert_eq!(stand.repository.head().unwrap(), main);
    assert_eq!(stand.repository.resolve("topic").unwrap(), topic);
    assert_eq!(stand.repository.resolve("main~1").unwrap(), base);
    assert_eq!(stand.repository.resolve(&topic.to_string()[..10]).unwrap(), topic);
    assert_eq!(stand.repository.merge_base(main, topic).unwrap(), Some(base));
    let unrelated = id(&stand
        .written
        .commit("unrelated", &Commit::new("other").write("a", "9"))
        .unwrap());
    assert_eq!(stand.repository.merge_base(main, unrelated).unwrap(), None);
    let error = stand.repository.resolve("none").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("revision \"none\" does not exist in "),
        "{error}"
    );
}

#[test]
fn a_working_directory_is_found_from_below() {
    let stand = stand();
    stand
        .written
        .commit("main", &Commit::new("first").write("deploy/a.yaml", "one"))
        .unwrap();
    let clone = stand.directory.path().join("clone");
    let from = stand.written.path().to_string_lossy().into_owned();
    stand
        .written
        .git(&["clone", "--quiet", &from, &clone.to_string_lossy()])
        .unwrap();
    let found = Repository::discover(clone.join("deploy")).unwrap();
    assert_eq!(
        found.work_directory().unwrap().canonicalize().unwrap(),
        clone.canonicalize().unwrap()
    );
    assert_eq!(found.resolve("origin/main").unwrap(), found.head().unwrap());
    assert!(matches!(
        Repository::discover("/"),
        Err(Error::NotARepository { .. })
    ));
}

#[test]
fn directories_that_did_not_change_are_not_read_again() {
    let stand = stand();
    let many = (0..60).fold(Commit::new("many"), |commit, number| {
        commit.write(
            format!("d{}/e{}/{number}.yaml", number % 3, number % 5),
            number.to_string(),
        )
    });
    let first = id(&stand.written.commit("main", &many).unwrap());
    let few = Commit::new("few")
        .write("d1/e1/1.yaml", "one")
        .remove("d2/e2")
        .write("d1.yaml", "new");
    let second = id(&stand.written.commit("main", &few).unwrap());
    let opened = Repository::open(stand.written.path()).unwrap();
    let before = opened.listing(first, &Listing::default()).unwrap();
    let whole = opened.listing(second, &Listing::default()).unwrap();
    assert_eq!(opened.listing(second, &before).unwrap(), whole);
    assert_eq!(opened.listing(first, &whole).unwrap(), before);
    assert_eq!(opened.listing(first, &before).unwrap(), before);
    assert_eq!(
        whole.file("d1/e1/1.yaml").map(|file| file.path.as_str()),
        Some("d1/e1/1.yaml")
    );
    assert!(whole.file("d2/e2/2.yaml").is_none());

    // what is not asked for need not be there
    let shared = stand
        .written
        .git(&["rev-parse", &format!("{second}:d0")])
        .unwrap();
    let shared = shared.trim();
    let object = stand
        .written
        .path()
        .join("objects")
        .join(&shared[..2])
        .join(&shared[2..]);
    if object.is_file() {
        std::fs::remove_file(object).unwrap();
        let opened = Repository::open(stand.written.path()).unwrap();
        assert_eq!(opened.listing(second, &before).unwrap(), whole);
        assert!(opened.listing(second, &Listing::default()).is_err());
    }
}
