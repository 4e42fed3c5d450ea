use std::time::Duration;

use kustomize::{FetchError, GitReference, Resolver as _};
use manifest::{Tree, TreePath};
use testkit::{
    git::{Access, Commit, GitServer, Repository},
    web::{Reply, WebServer},
};

use super::Stand;

fn reference(url: &str, revision: &str) -> GitReference {
    GitReference {
        repository: url.to_owned(),
        revision: revision.to_owned(),
        submodules: true,
        timeout: Duration::from_secs(20),
    }
}

fn text(tree: &Tree) -> String {
    let bytes = tree.read(&TreePath::new("base/file.yaml").unwrap()).unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn write(repository: &Repository, branch: &str, content: &str) -> String {
    let commit = Commit::new("write").write("base/file.yaml", content);
    repository.commit(branch, &commit).unwrap()
}

#[test]
fn branches_tags_and_commits_of_a_server() {
    let server = GitServer::start().unwrap();
    let repository = server.create("team/bases").unwrap();
    let first = write(&repository, "main", "one");
    write(&repository, "side", "side");
    write(&repository, "main", "two");
    let stand = Stand::new();
    let resolver = stand.resolver();
    let base = |revision: &str| resolver.git(&reference(repository.url(), revision));
    assert_eq!(text(&base("").unwrap()), "two");
    assert_eq!(text(&base("side").unwrap()), "side");
    assert_eq!(text(&base("refs/heads/side").unwrap()), "side");
    assert_eq!(text(&base(&first).unwrap()), "one");
    let missing = base("nowhere").map(|_| ()).unwrap_err();
    assert!(missing.contains("branch nowhere does not exist in"), "{missing}");
    // one resolver sees one state
    write(&repository, "side", "moved");
    assert_eq!(text(&base("side").unwrap()), "side");
    assert_eq!(
        text(
            &stand
                .resolver()
                .git(&reference(repository.url(), "side"))
                .unwrap()
        ),
        "moved"
    );
    // a commit is here already
    let before = server.requests();
    stand
        .resolver()
        .git(&reference(repository.url(), &first))
        .unwrap();
    assert_eq!(server.requests(), before);
}

#[test]
fn who_may_not_read_is_told() {
    let server = GitServer::start().unwrap();
    let repository = server.create("team/bases").unwrap();
    write(&repository, "main", "one");
    server.set_access(Access::Password("bot".to_owned(), "hunter2".to_owned()));
    let stand = Stand::new();
    let resolver = stand.resolver();
    let error = resolver
        .git(&reference(repository.url(), ""))
        .map(|_| ())
        .unwrap_err();
    assert!(error.contains("refuses access"), "{error}");
    let with_password = repository.url().replacen("http://", "http://bot:hunter2@", 1);
    assert_eq!(
        text(&resolver.git(&reference(&with_password, "")).unwrap()),
        "one"
    );
}

#[test]
fn hosts_and_this_machine_are_the_callers_choice() {
    let server = GitServer::start().unwrap();
    let repository = server.create("team/bases").unwrap();
    write(&repository, "main", "one");
    let refused = |stand: Stand, url: &str| {
        let result = stand.resolver().git(&reference(url, ""));
        result.map(|_| ()).unwrap_err()
    };
    let error = refused(Stand::new().allowing(&["example.com"]), repository.url());
    assert_eq!(error, "fetching from 127.0.0.1 is not allowed here");
    assert_eq!(server.requests(), 0);
    let path = format!("file://{}/team/bases.git", server.root().display());
    let error = refused(Stand::new().allowing(&["127.0.0.1", "localhost"]), &path);
    assert!(error.ends_with("of this machine is not allowed here"), "{error}");
    assert_eq!(
        text(&Stand::new().resolver().git(&reference(&path, "")).unwrap()),
        "one"
    );
}

#[test]
fn a_server_that_is_allowed_leads_git_nowhere_else() {
    let other = GitServer::start().unwrap();
    let repository = other.create("team/bases").unwrap();
    write(&repository, "main", "one");
    let elsewhere = other.url();
    let server =
        WebServer::start(move |request| Reply::redirect(&format!("{elsewhere}{}", request.target))).unwrap();
    let url = format!("{}/team/bases.git", server.url());
    assert_eq!(
        text(&Stand::new().resolver().git(&reference(&url, "")).unwrap()),
        "one"
    );
    let before = other.requests();
    let stand = Stand::new().allowing(&[&server.host()]);
    let error = stand
        .resolver()
        .git(&reference(&url, ""))
        .map(|_| ())
        .unwrap_err();
    assert!(
        error.starts_with("failed to fetch the default branch from"),
        "{error}"
    );
    assert_eq!(other.requests(), before);
}

#[test]
fn files_of_the_web() {
    let server = WebServer::start(|request| match request.path() {
        "/file.yaml" => Reply::ok("a: 1\n"),
        _ => Reply::status(404),
    })
    .unwrap();
    let stand = Stand::new();
    let resolver = stand.resolver();
    let url = |path: &str| format!("{}{path}", server.url());
    assert_eq!(resolver.file(&url("/file.yaml")).unwrap(), "a: 1\n");
    assert_eq!(resolver.file(&url("/file.yaml")).unwrap(), "a: 1\n");
    assert_eq!(server.requests().len(), 1);
    assert_eq!(resolver.file(&url("/nothing.yaml")), Err(FetchError::Status(404)));
    let refused = Stand::new()
        .allowing(&["example.com"])
        .resolver()
        .file(&url("/file.yaml"));
    assert!(matches!(refused, Err(FetchError::Other(_))));
}
