//! Git over SSH, against a real server.

#![expect(clippy::unwrap_used, reason = "a failure here is a failure of the test")]

use std::path::PathBuf;

use git::{Cache, Credentials, Error, Mirror, Reference, Remote};
use testkit::git::{Commit, Repository, SshServer};

struct Stand {
    server: SshServer,
    repository: Repository,
    cache: Cache,
    _directory: tempfile::TempDir,
}

impl Stand {
    /// `None`, with a line that says so, where OpenSSH is not installed.
    fn start() -> Option<Self> {
        let Some(server) = SshServer::start().unwrap() else {
            testkit::progress("skipped: sshd is not installed (Debian: openssh-server)");
            return None;
        };
        let repository = server.create("team/app").unwrap();
        repository
            .commit("main", &Commit::new("one").write("a.yaml", "one"))
            .unwrap();
        let directory = tempfile::tempdir().unwrap();
        Some(Self {
            server,
            repository,
            cache: Cache::open(directory.path()).unwrap(),
            _directory: directory,
        })
    }

    fn mirror(&self, key_file: PathBuf, known_hosts: PathBuf) -> Mirror {
        let credentials = Credentials::SshKey {
            key_file,
            known_hosts_file: Some(known_hosts),
        };
        let remote = Remote::new(self.repository.url()).unwrap();
        self.cache.mirror(remote.with_credentials(credentials))
    }
}

#[test]
fn a_key_that_is_let_in_fetches_and_only_what_is_new() {
    let Some(stand) = Stand::start() else { return };
    let mirror = stand.mirror(stand.server.user_key(), stand.server.known_hosts().unwrap());
    let first = mirror.newest(&Reference::DefaultBranch).unwrap();
    let files = first.repository.files(first.commit).unwrap();
    assert_eq!(first.repository.blob(files[0].blob).unwrap(), "one");
    assert!(!mirror.newest(&Reference::DefaultBranch).unwrap().fetched);
    let second = Commit::new("two").write("a.yaml", "two");
    let second = stand.repository.commit("main", &second).unwrap();
    let newest = mirror.newest(&Reference::Branch("main".into())).unwrap();
    assert_eq!((newest.commit.to_string(), newest.fetched), (second, true));
    let error = mirror.newest(&Reference::Branch("gone".into())).unwrap_err();
    assert!(matches!(error, Error::ReferenceNotFound { .. }), "{error:?}");
}

#[test]
fn another_key_is_refused() {
    let Some(stand) = Stand::start() else { return };
    let known_hosts = stand.server.known_hosts().unwrap();
    let mirror = stand.mirror(stand.server.stranger_key(), known_hosts);
    let error = mirror.newest(&Reference::DefaultBranch).unwrap_err();
    assert!(matches!(error, Error::AccessDenied { .. }), "{error:?}");
}

#[test]
fn a_server_that_is_not_the_known_one_gets_nothing() {
    let Some(stand) = Stand::start() else { return };
    let known_hosts = stand.server.other_known_hosts().unwrap();
    let mirror = stand.mirror(stand.server.user_key(), known_hosts);
    let error = mirror.newest(&Reference::DefaultBranch).unwrap_err();
    assert!(matches!(error, Error::Untrusted { .. }), "{error:?}");
    assert!(!error.is_transient());
}

#[test]
fn a_server_that_is_down_is_told_and_comes_back() {
    let Some(stand) = Stand::start() else { return };
    let link = testkit::Link::to(stand.server.address()).unwrap();
    let credentials = Credentials::SshKey {
        key_file: stand.server.user_key(),
        known_hosts_file: Some(stand.server.known_hosts_at(link.address().port()).unwrap()),
    };
    let url = stand
        .repository
        .url()
        .replace(&stand.server.address(), &link.address().to_string());
    let remote = Remote::new(&url).unwrap().with_credentials(credentials);
    let mirror = stand.cache.mirror(remote);
    link.set(testkit::link::Condition::Cut);
    let error = mirror.newest(&Reference::DefaultBranch).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    link.set(testkit::link::Condition::Open);
    mirror.newest(&Reference::DefaultBranch).unwrap();
}

#[test]
fn a_repository_that_is_not_there_is_told() {
    let Some(stand) = Stand::start() else { return };
    let known_hosts_file = Some(stand.server.known_hosts().unwrap());
    let credentials = Credentials::SshKey {
        key_file: stand.server.user_key(),
        known_hosts_file,
    };
    let url = stand.repository.url().replace("team/app", "team/none");
    let remote = Remote::new(&url).unwrap().with_credentials(credentials);
    let error = stand
        .cache
        .mirror(remote)
        .newest(&Reference::DefaultBranch)
        .unwrap_err();
    assert!(matches!(error, Error::RepositoryNotFound { .. }), "{error:?}");
}
