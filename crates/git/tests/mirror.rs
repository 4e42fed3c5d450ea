//! What a mirror fetches, and what it says when it cannot: against a real server.

#![expect(clippy::unwrap_used, reason = "a failure here is a failure of the test")]

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use git::{Cache, Credentials, Error, Mirror, Reference, Remote, Secret, Timeouts};
use testkit::git::{Access, Commit, Fault, GitServer, Repository};

struct Stand {
    server: GitServer,
    repository: Repository,
    cache: Cache,
    directory: tempfile::TempDir,
}

impl Stand {
    fn start() -> Self {
        let server = GitServer::start().unwrap();
        let repository = server.create("team/app").unwrap();
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::open(directory.path()).unwrap();
        Self {
            server,
            repository,
            cache,
            directory,
        }
    }

    fn remote(&self) -> Remote {
        let timeouts = Timeouts {
            connect: Duration::from_secs(5),
            stall: Duration::from_secs(5),
            total: Duration::from_secs(30),
        };
        Remote::new(self.repository.url())
            .unwrap()
            .with_timeouts(timeouts)
    }

    fn mirror(&self) -> Mirror {
        self.cache.mirror(self.remote())
    }

    fn write(&self, branch: &str, path: &str, content: &str) -> String {
        self.repository
            .commit(branch, &Commit::new(format!("write {path}")).write(path, content))
            .unwrap()
    }

    /// The object store of the newest generation.
    fn objects(&self) -> PathBuf {
        let generations = fs::read_dir(self.directory.path()).unwrap();
        let generations =
            generations.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse::<u64>().ok());
        let newest = generations.max().unwrap();
        self.directory.path().join(newest.to_string()).join("objects")
    }

    fn packs(&self) -> usize {
        let packs = fs::read_dir(self.objects().join("pack")).unwrap();
        packs
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .path()
                    .extension()
                    .is_some_and(|name| name == "pack")
            })
            .count()
    }

    /// Objects of the cache that are not in packs.
    fn loose_objects(&self) -> usize {
        let directories = fs::read_dir(self.objects()).unwrap();
        let directories = directories.map(|entry| entry.unwrap().path());
        let loose = directories.filter(|path| path.file_name().is_some_and(|name| name.len() == 2));
        loose.map(|path| fs::read_dir(path).unwrap().count()).sum()
    }
}

fn content_of(newest: &git::Newest, path: &str) -> String {
    let files = newest.repository.files(newest.commit).unwrap();
    let file = files.iter().find(|file| file.path == path).unwrap();
    String::from_utf8(newest.repository.blob(file.blob).unwrap().to_vec()).unwrap()
}

#[test]
fn the_newest_commit_of_each_kind_of_reference() {
    let stand = Stand::start();
    let first = stand.write("main", "a.yaml", "one");
    let second = stand.write("main", "a.yaml", "two");
    let other = stand.write("other", "b.yaml", "three");
    let mirror = stand.mirror();
    let commit_at = |reference: &Reference| mirror.newest(reference).unwrap().commit.to_string();
    assert_eq!(commit_at(&Reference::DefaultBranch), second);
    assert_eq!(commit_at(&Reference::Branch("main".into())), second);
    assert_eq!(commit_at(&Reference::Branch("other".into())), other);
    assert_eq!(commit_at(&Reference::Commit(first.clone())), first);
    let newest = mirror.newest(&Reference::Branch("other".into())).unwrap();
    assert_eq!(content_of(&newest, "b.yaml"), "three");
}

#[test]
fn an_annotated_tag_leads_to_its_commit() {
    let stand = Stand::start();
    let first = stand.write("main", "a.yaml", "one");
    stand
        .repository
        .git(&[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.test",
            "tag",
            "-a",
            "-m",
            "release",
            "v1",
            "main",
        ])
        .unwrap();
    stand.write("main", "a.yaml", "two");
    for _ in 0..2 {
        let newest = stand.mirror().newest(&Reference::Tag("v1".into())).unwrap();
        assert_eq!(newest.commit.to_string(), first);
        assert_eq!(content_of(&newest, "a.yaml"), "one");
    }
}

#[test]
fn nothing_new_means_no_pack() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    let mirror = stand.mirror();
    assert!(mirror.newest(&Reference::DefaultBranch).unwrap().fetched);
    let before = stand.server.requests();
    assert!(!mirror.newest(&Reference::DefaultBranch).unwrap().fetched);
    assert_eq!(
        stand.server.requests() - before,
        2,
        "the handshake and the list of references"
    );
    assert_eq!(stand.loose_objects(), 3, "a commit, a tree and a blob");
}

#[test]
fn only_what_is_new_is_fetched() {
    let stand = Stand::start();
    let many = (0..100).fold(Commit::new("many"), |commit, number| {
        commit.write(format!("{number}.yaml"), format!("content of file {number}"))
    });
    stand.repository.commit("main", &many).unwrap();
    let mirror = stand.mirror();
    mirror.newest(&Reference::DefaultBranch).unwrap();
    let before = stand.loose_objects();
    stand.write("main", "7.yaml", "changed");
    let newest = mirror.newest(&Reference::DefaultBranch).unwrap();
    assert_eq!(content_of(&newest, "7.yaml"), "changed");
    assert_eq!(content_of(&newest, "8.yaml"), "content of file 8");
    assert_eq!(stand.loose_objects() - before, 3, "a commit, a tree and a blob");
    assert_eq!(stand.packs(), 0, "small packs are taken apart");
}

#[test]
fn a_large_pack_stays_one_and_is_not_protected_for_ever() {
    let stand = Stand::start();
    let many = (0..600).fold(Commit::new("many"), |commit, number| {
        commit.write(format!("{number}.yaml"), format!("content of file {number}"))
    });
    stand.repository.commit("main", &many).unwrap();
    let newest = stand.mirror().newest(&Reference::DefaultBranch).unwrap();
    assert_eq!(content_of(&newest, "599.yaml"), "content of file 599");
    assert_eq!((stand.packs(), stand.loose_objects()), (1, 0));
    let files = fs::read_dir(stand.objects().join("pack")).unwrap();
    assert!(
        files
            .map(|file| file.unwrap().path())
            .all(|path| path.extension().is_some_and(|name| name != "keep"))
    );
}

#[test]
fn a_cache_that_grew_too_large_begins_anew() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    stand.mirror().newest(&Reference::DefaultBranch).unwrap();
    let packs = stand.objects().join("pack");
    for number in 0..Cache::MAX_PACKS {
        fs::write(packs.join(format!("pack-{number}.pack")), "").unwrap();
    }
    let cache = Cache::open(stand.directory.path()).unwrap();
    assert_eq!(stand.packs(), Cache::MAX_PACKS, "not yet too large");
    fs::write(packs.join("pack-more.pack"), "").unwrap();
    drop(cache);
    let cache = Cache::open(stand.directory.path()).unwrap();
    assert_eq!((stand.packs(), stand.loose_objects()), (0, 0));
    assert!(
        cache
            .mirror(stand.remote())
            .newest(&Reference::DefaultBranch)
            .unwrap()
            .fetched
    );
}

#[test]
fn a_cache_that_grows_too_large_begins_anew_under_its_readers() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    let mirror = stand.mirror();
    mirror.newest(&Reference::DefaultBranch).unwrap();
    let old = stand.objects();
    for number in 0..=Cache::MAX_PACKS {
        fs::write(old.join(format!("pack/pack-{number}.pack")), "").unwrap();
    }
    stand.write("main", "a.yaml", "two");
    let read_before = mirror.newest(&Reference::DefaultBranch).unwrap();
    let read_after = mirror.newest(&Reference::DefaultBranch).unwrap();
    assert!(read_after.fetched, "all of it, into the new place");
    assert_eq!((stand.packs(), stand.loose_objects()), (0, 3));
    assert_eq!(content_of(&read_before, "a.yaml"), "two", "it still reads");
    drop(read_before);
    assert!(!old.exists(), "it went with its last reader");
    assert_eq!(content_of(&read_after, "a.yaml"), "two");
}

#[test]
fn what_another_process_reads_from_stays() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    let read_before = stand.mirror().newest(&Reference::DefaultBranch).unwrap();
    let old = stand.objects();
    fs::create_dir_all(stand.directory.path().join("2/objects")).unwrap();
    // a second opening stands for a second process: locks are between open files
    let other = Cache::open(stand.directory.path()).unwrap();
    assert_eq!(content_of(&read_before, "a.yaml"), "one");
    assert!(old.exists());
    drop(other);
    let Stand { cache, directory, .. } = stand;
    drop((read_before, cache));
    // a process that another test is starting has our files until it runs its program
    let deadline = Instant::now() + Duration::from_secs(10);
    while old.exists() && Instant::now() < deadline {
        Cache::open(directory.path()).unwrap();
        thread::sleep(Duration::from_millis(20));
    }
    assert!(!old.exists(), "nobody reads from it any more");
}

#[test]
fn a_fetch_that_was_killed_leaves_nothing_in_the_way() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    let mirror = stand.mirror();
    mirror.newest(&Reference::DefaultBranch).unwrap();
    // what a process leaves behind that ends in the middle of a fetch: its mark and the locks of Git
    let repositories = stand.objects().with_file_name("repositories");
    let names = fs::read_dir(&repositories)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let (marks, places): (Vec<_>, Vec<_>) = names.partition(|path| path.extension().is_some());
    for lock in ["shallow.lock", "refs/glops/default.lock"] {
        fs::write(places[0].join(lock), "").unwrap();
    }
    let second = stand.write("main", "a.yaml", "two");
    let error = mirror.newest(&Reference::DefaultBranch).unwrap_err();
    assert!(
        matches!(error, Error::Cache { .. }),
        "a lock of a living process: {error:?}"
    );
    fs::write(&marks[0], "1").unwrap();
    assert_eq!(
        mirror
            .newest(&Reference::DefaultBranch)
            .unwrap()
            .commit
            .to_string(),
        second
    );
}

#[test]
fn a_commit_has_no_history_in_the_cache() {
    let stand = Stand::start();
    let first = stand.write("main", "a.yaml", "one");
    stand.write("main", "a.yaml", "two");
    let newest = stand.mirror().newest(&Reference::DefaultBranch).unwrap();
    assert!(
        !newest
            .repository
            .contains(git::ObjectId::from_hex(first.as_bytes()).unwrap())
    );
}

#[test]
fn a_force_push_is_followed() {
    let stand = Stand::start();
    let first = stand.write("main", "a.yaml", "one");
    stand.write("main", "a.yaml", "two");
    let mirror = stand.mirror();
    mirror.newest(&Reference::DefaultBranch).unwrap();
    stand.repository.reset("main", &first).unwrap();
    assert_eq!(
        mirror
            .newest(&Reference::DefaultBranch)
            .unwrap()
            .commit
            .to_string(),
        first
    );
    let third = stand.write("main", "c.yaml", "three");
    assert_eq!(
        mirror
            .newest(&Reference::DefaultBranch)
            .unwrap()
            .commit
            .to_string(),
        third
    );
}

#[test]
fn objects_are_kept_once_for_all_repositories() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    stand.mirror().newest(&Reference::DefaultBranch).unwrap();
    let copy = stand.server.root().join("team/copy.git");
    let path = stand.repository.path().to_string_lossy().into_owned();
    stand
        .repository
        .git(&["clone", "--quiet", "--bare", &path, &copy.to_string_lossy()])
        .unwrap();
    let url = stand.repository.url().replace("app.git", "copy.git");
    let newest = stand
        .cache
        .mirror(Remote::new(&url).unwrap())
        .newest(&Reference::DefaultBranch)
        .unwrap();
    assert!(!newest.fetched, "the other project's objects serve");
    assert_eq!(content_of(&newest, "a.yaml"), "one");
}

#[test]
fn a_commit_of_another_project_is_not_given_away() {
    let stand = Stand::start();
    let secret = stand.write("main", "a.yaml", "one");
    stand.mirror().newest(&Reference::DefaultBranch).unwrap();
    let other = stand.server.create("team/other").unwrap();
    other
        .commit("main", &Commit::new("unrelated").write("b.yaml", "two"))
        .unwrap();
    let mirror = stand.cache.mirror(Remote::new(other.url()).unwrap());
    let error = mirror.newest(&Reference::Commit(secret)).unwrap_err();
    assert!(matches!(error, Error::ReferenceNotFound { .. }), "{error:?}");
}

#[test]
fn what_is_missing_is_named() {
    let stand = Stand::start();
    let mirror = stand.mirror();
    let error = mirror.newest(&Reference::DefaultBranch).unwrap_err();
    assert!(matches!(error, Error::Empty { .. }), "{error:?}");
    stand.write("main", "a.yaml", "one");
    mirror.newest(&Reference::Branch("main".into())).unwrap();
    let error = mirror.newest(&Reference::Branch("gone".into())).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("branch gone does not exist in {}", stand.repository.url())
    );
    let url = format!("{}/team/none.git", stand.server.url());
    let error = stand
        .cache
        .mirror(Remote::new(&url).unwrap())
        .newest(&Reference::DefaultBranch)
        .unwrap_err();
    assert!(matches!(error, Error::RepositoryNotFound { .. }), "{error:?}");
}

#[test]
fn a_deleted_branch_is_gone_although_it_was_fetched() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    stand.write("topic", "b.yaml", "two");
    let mirror = stand.mirror();
    mirror.newest(&Reference::Branch("topic".into())).unwrap();
    stand.repository.delete_branch("topic").unwrap();
    let error = mirror.newest(&Reference::Branch("topic".into())).unwrap_err();
    assert!(matches!(error, Error::ReferenceNotFound { .. }), "{error:?}");
}

#[test]
fn a_head_that_leads_nowhere_falls_back_to_main() {
    let stand = Stand::start();
    let first = stand.write("main", "a.yaml", "one");
    stand
        .repository
        .git(&["symbolic-ref", "HEAD", "refs/heads/trunk"])
        .unwrap();
    assert_eq!(
        stand
            .mirror()
            .newest(&Reference::DefaultBranch)
            .unwrap()
            .commit
            .to_string(),
        first
    );
    let local = stand
        .cache
        .mirror(Remote::new(&stand.repository.path().to_string_lossy()).unwrap());
    assert_eq!(
        local
            .newest(&Reference::DefaultBranch)
            .unwrap()
            .commit
            .to_string(),
        first
    );
}

#[test]
fn credentials_are_needed_and_used() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    stand
        .server
        .set_access(Access::Password("bot".into(), "hunter2".into()));
    let with = |password: &str| {
        let credentials = Credentials::Basic {
            username: "bot".into(),
            password: Secret::new(password),
        };
        stand
            .cache
            .mirror(stand.remote().with_credentials(credentials))
            .newest(&Reference::DefaultBranch)
    };
    for error in [
        stand.mirror().newest(&Reference::DefaultBranch).unwrap_err(),
        with("wrong").unwrap_err(),
    ] {
        assert!(matches!(error, Error::AccessDenied { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains("wrong"));
    }
    assert!(with("hunter2").is_ok());
}

#[test]
fn a_server_that_is_down_or_slow_is_told_apart_and_recovers() {
    let stand = Stand::start();
    stand.write("main", "a.yaml", "one");
    let timeouts = Timeouts {
        stall: Duration::from_millis(300),
        ..Timeouts::default()
    };
    let mirror = stand.cache.mirror(stand.remote().with_timeouts(timeouts));
    stand.server.set_fault(Fault::Unavailable);
    let error = mirror.newest(&Reference::DefaultBranch).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    stand.server.set_fault(Fault::Silent);
    let error = mirror.newest(&Reference::DefaultBranch).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    stand.server.set_fault(Fault::None);
    assert!(mirror.newest(&Reference::DefaultBranch).is_ok());
    // nothing listens there
    let nowhere = stand
        .cache
        .mirror(Remote::new("http://127.0.0.1:1/a.git").unwrap());
    let error = nowhere.newest(&Reference::DefaultBranch).unwrap_err();
    assert!(
        matches!(error, Error::Unreachable { .. }) && error.is_transient(),
        "{error:?}"
    );
}

#[test]
fn a_path_is_read_in_place() {
    let stand = Stand::start();
    let local = stand
        .cache
        .mirror(Remote::new(&stand.repository.path().to_string_lossy()).unwrap());
    assert!(matches!(
        local.newest(&Reference::DefaultBranch).unwrap_err(),
        Error::Empty { .. }
    ));
    let first = stand.write("main", "a.yaml", "one");
    assert_eq!(
        local
            .newest(&Reference::DefaultBranch)
            .unwrap()
            .commit
            .to_string(),
        first
    );
    let second = stand.write("main", "a.yaml", "two");
    let newest = local.newest(&Reference::Branch("main".into())).unwrap();
    assert_eq!(
        (newest.commit.to_string(), content_of(&newest, "a.yaml")),
        (second, "two".into())
    );
    let error = local.newest(&Reference::Branch("gone".into())).unwrap_err();
    assert!(matches!(error, Error::ReferenceNotFound { .. }), "{error:?}");
    assert_eq!(stand.packs(), 0);
    let nowhere = stand.cache.mirror(Remote::new("/nowhere/at/all").unwrap());
    assert!(matches!(
        nowhere.newest(&Reference::DefaultBranch).unwrap_err(),
        Error::NotARepository { .. }
    ));
}

#[test]
fn a_server_of_a_private_authority_is_trusted_only_when_told_to() {
    let server = GitServer::start_with_tls().unwrap();
    let repository = server.create("team/app").unwrap();
    repository
        .commit("main", &Commit::new("one").write("a.yaml", "one"))
        .unwrap();
    server.set_access(Access::Password("bot".into(), "hunter2".into()));
    let directory = tempfile::tempdir().unwrap();
    let cache = Cache::open(directory.path()).unwrap();
    let credentials = Credentials::Basic {
        username: "bot".into(),
        password: Secret::new("hunter2"),
    };
    let remote = Remote::new(repository.url())
        .unwrap()
        .with_credentials(credentials);
    let error = cache
        .mirror(remote.clone())
        .newest(&Reference::DefaultBranch)
        .unwrap_err();
    assert!(matches!(error, Error::Untrusted { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));
    let authority = server.authority_file().map(Path::to_path_buf);
    let trusting = cache.mirror(remote.with_ca_certificate_file(authority));
    let newest = trusting.newest(&Reference::DefaultBranch).unwrap();
    assert_eq!(content_of(&newest, "a.yaml"), "one");
}
