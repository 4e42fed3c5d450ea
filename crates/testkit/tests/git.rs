//! The Git server serves what was committed, with and without faults.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use testkit::git::{Access, Commit, Fault, GitServer};

fn git(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    command
        .current_dir(directory)
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.output().expect("git runs")
}

#[test]
fn a_clone_holds_what_was_committed() {
    let server = GitServer::start().expect("started");
    let repository = server.create("team/app").expect("created");
    let odd_name = "dir/with \"quotes\" and ü.yaml";
    repository
        .commit(
            "main",
            &Commit::new("first")
                .write("a.yaml", "a: 1\n")
                .write(odd_name, "b: 2\n"),
        )
        .expect("committed");
    let tip = repository
        .commit(
            "main",
            &Commit::new("second").remove("a.yaml").link("link", odd_name),
        )
        .expect("committed");

    let home = tempfile::tempdir().expect("a directory");
    let clone = git(home.path(), &["clone", "--quiet", repository.url(), "clone"]);
    assert!(
        clone.status.success(),
        "{}",
        String::from_utf8_lossy(&clone.stderr)
    );
    let checkout = home.path().join("clone");
    assert_eq!(
        std::fs::read_to_string(checkout.join("link")).expect("a link that leads somewhere"),
        "b: 2\n"
    );
    assert!(!checkout.join("a.yaml").exists());
    let head = git(&checkout, &["rev-parse", "HEAD"]);
    assert_eq!(String::from_utf8_lossy(&head.stdout).trim(), tip);
    assert!(server.requests() >= 2);
}

#[test]
fn branches_are_rewritten_and_deleted() {
    let server = GitServer::start().expect("started");
    let repository = server.create("app").expect("created");
    let first = repository
        .commit("main", &Commit::new("first").write("a", "1"))
        .expect("committed");
    repository
        .commit("main", &Commit::new("second").write("a", "2"))
        .expect("committed");
    repository.reset("main", &first).expect("forced");
    assert_eq!(repository.tip("main").expect("asked"), Some(first.clone()));
    repository.reset("feature", &first).expect("branched");
    repository.delete_branch("feature").expect("deleted");
    assert_eq!(repository.tip("feature").expect("asked"), None);
}

#[test]
fn a_push_is_taken_from_who_knows_the_password() {
    let server = GitServer::start().expect("started");
    let repository = server.create("app").expect("created");
    repository
        .commit("main", &Commit::new("first").write("a", "1"))
        .expect("committed");
    server.set_access(Access::Password("robot".to_owned(), "secret".to_owned()));
    let home = tempfile::tempdir().expect("a directory");
    assert!(
        !git(home.path(), &["clone", repository.url(), "refused"])
            .status
            .success()
    );
    let url = repository.url().replace("http://", "http://robot:secret@");
    assert!(git(home.path(), &["clone", &url, "clone"]).status.success());
    let pushed = git(&home.path().join("clone"), &["push", "origin", "main:other"]);
    assert!(
        pushed.status.success(),
        "{}",
        String::from_utf8_lossy(&pushed.stderr)
    );
    assert!(repository.tip("other").expect("asked").is_some());
}

#[test]
fn a_broken_server_fails_until_it_is_mended() {
    let server = GitServer::start().expect("started");
    let repository = server.create("app").expect("created");
    repository
        .commit("main", &Commit::new("first").write("a", "1"))
        .expect("committed");
    let home = tempfile::tempdir().expect("a directory");
    server.set_fault(Fault::Unavailable);
    assert!(
        !git(home.path(), &["ls-remote", repository.url()])
            .status
            .success()
    );
    server.set_fault(Fault::Slow(Duration::from_millis(20)));
    assert!(
        git(home.path(), &["ls-remote", repository.url()])
            .status
            .success()
    );
    server.set_fault(Fault::Silent);
    let impatient = [
        "-c",
        "http.lowSpeedLimit=1",
        "-c",
        "http.lowSpeedTime=1",
        "ls-remote",
        repository.url(),
    ];
    assert!(!git(home.path(), &impatient).status.success());
}
