use std::{fs, time::Duration};

use testkit::{
    charts::digest,
    web::{Reply, Request, WebServer},
};

use super::{Stand, chart, files_below};

const INDEX: &str = "/charts/index.yaml";

fn index(entries: &[(&str, &str, Option<&str>)]) -> String {
    let entry = |(version, url, digest): &(&str, &str, Option<&str>)| {
        let digest = digest.map(|digest| format!(", digest: \"{digest}\""));
        let digest = digest.unwrap_or_default();
        format!("  - {{version: {version}, urls: [\"{url}\"]{digest}}}\n")
    };
    let entries: String = entries.iter().map(entry).collect();
    format!("apiVersion: v1\nentries:\n  app:\n{entries}")
}

/// A repository with two versions, whose archives are their own names.
fn repository() -> WebServer {
    WebServer::start(|request| match request.path() {
        INDEX if request.header("if-none-match") == Some("\"1\"") => Reply::status(304),
        INDEX => Reply::ok(index(&[
            (
                "1.0.0",
                "app-1.0.0.tgz",
                Some(digest(b"app one").trim_start_matches("sha256:")),
            ),
            ("1.1.0", "app-1.1.0.tgz", None),
            ("2.0.0-rc.1", "app-2.0.0-rc.1.tgz", None),
        ]))
        .with_header("etag", "\"1\""),
        "/charts/app-1.0.0.tgz" => Reply::ok("app one"),
        "/charts/app-1.1.0.tgz" => Reply::ok("app one one"),
        _ => Reply::status(404),
    })
    .unwrap()
}

fn paths(server: &WebServer) -> Vec<String> {
    let requests = server.requests();
    requests.iter().map(|request| request.path().to_owned()).collect()
}

fn authorizations(requests: &[Request]) -> Vec<bool> {
    requests
        .iter()
        .map(|request| request.header("authorization").is_some())
        .collect()
}

#[test]
fn versions_are_picked_by_constraint() {
    let (server, stand) = (repository(), Stand::new());
    let url = format!("{}/charts", server.url());
    assert_eq!(stand.chart(&url, "app", "").unwrap(), b"app one one");
    assert_eq!(stand.chart(&url, "app", "~1.0").unwrap(), b"app one");
    let missing = stand.chart(&url, "app", "^3").unwrap_err();
    assert_eq!(
        missing,
        format!("chart \"app\" has no version that matches \"^3\" in {url}/")
    );
    let unknown = stand.chart(&url, "other", "").unwrap_err();
    assert_eq!(unknown, format!("chart \"other\" not found in {url}/"));
}

#[test]
fn what_is_known_by_digest_is_not_fetched_again() {
    let (server, stand) = (repository(), Stand::new());
    let url = format!("{}/charts", server.url());
    stand.chart(&url, "app", "1.0.0").unwrap();
    stand.chart(&url, "app", "1.0.0").unwrap();
    // the second time the index is asked for, and has not changed
    assert_eq!(paths(&server), [INDEX, "/charts/app-1.0.0.tgz", INDEX]);
    let resolver = stand.resolver();
    chart(&resolver, &url, "app", "1.0.0").unwrap();
    chart(&resolver, &url, "app", "1.1.0").unwrap();
    chart(&resolver, &url, "app", "1.1.0").unwrap();
    // one resolver sees one state of the index
    assert_eq!(paths(&server)[3..], [INDEX, "/charts/app-1.1.0.tgz"]);
}

#[test]
fn a_damaged_entry_is_fetched_anew() {
    let (server, stand) = (repository(), Stand::new());
    let url = format!("{}/charts", server.url());
    stand.chart(&url, "app", "1.0.0").unwrap();
    for file in files_below(&stand.cache().join("sha256")) {
        fs::write(file, "damage").unwrap();
    }
    assert_eq!(stand.chart(&url, "app", "1.0.0").unwrap(), b"app one");
    assert_eq!(paths(&server).len(), 4);
}

#[test]
fn other_bytes_than_promised_are_refused() {
    let server = WebServer::start(|request| match request.path() {
        INDEX => Reply::ok(index(&[("1.0.0", "app.tgz", Some(&digest(b"good")))])),
        _ => Reply::ok("evil"),
    })
    .unwrap();
    let stand = Stand::new();
    let error = stand
        .chart(&format!("{}/charts", server.url()), "app", "")
        .unwrap_err();
    let expected = format!(
        "{}/charts/app.tgz has digest {}, not {}",
        server.url(),
        digest(b"evil"),
        digest(b"good")
    );
    assert_eq!(error, expected);
    assert!(files_below(&stand.cache().join("sha256")).is_empty());
}

#[test]
fn an_answer_that_breaks_off_is_an_error() {
    let server = WebServer::start(|request| match request.path() {
        INDEX => Reply::ok(index(&[("1.0.0", "app.tgz", None)])),
        _ => Reply {
            broken_after: Some(10),
            ..Reply::ok(vec![b'x'; 1000])
        },
    })
    .unwrap();
    let error = Stand::new()
        .chart(&format!("{}/charts", server.url()), "app", "")
        .unwrap_err();
    assert!(
        error.starts_with(&format!("failed to fetch {}/charts/app.tgz: ", server.url())),
        "{error}"
    );
}

#[test]
fn size_and_time_are_bounded() {
    let server = WebServer::start(|request| match request.path() {
        "/big/index.yaml" => Reply::ok(vec![b'#'; 5000]),
        _ => Reply {
            pause: Duration::from_millis(200),
            ..Reply::ok(vec![b'#'; 100_000])
        },
    })
    .unwrap();
    let mut stand = Stand::new();
    stand.limits.index = 4000;
    let url = server.url();
    let error = stand.chart(&format!("{url}/big"), "app", "").unwrap_err();
    assert_eq!(
        error,
        format!("{url}/big/index.yaml has more than the 4000 bytes allowed")
    );
    stand.limits.index = 1 << 20;
    stand.limits.time = Duration::from_secs(1);
    let error = stand.chart(&format!("{url}/slow"), "app", "").unwrap_err();
    assert_eq!(
        error,
        format!("failed to fetch {url}/slow/index.yaml: no whole answer within 1 s")
    );
}

#[test]
fn credentials_stay_with_their_host() {
    let other = WebServer::start(|_| Reply::ok("elsewhere")).unwrap();
    let (away, moved) = (
        format!("{}/app.tgz", other.url()),
        format!("{}/moved.tgz", other.url()),
    );
    let server = WebServer::start(move |request| match request.path() {
        INDEX => Reply::ok(index(&[
            ("1.0.0", "app.tgz", None),
            ("2.0.0", &away, None),
            ("3.0.0", "moved.tgz", None),
        ])),
        "/charts/moved.tgz" => Reply::redirect(&moved),
        _ => Reply::ok("here"),
    })
    .unwrap();
    let stand = Stand::new();
    let url = format!("{}/charts", server.url());
    stand.write(
        "repositories.yaml",
        &format!("repositories:\n- {{name: own, url: \"{url}\", username: bot, password: hunter2}}\n"),
    );
    for (version, content) in [("1.0.0", "here"), ("2.0.0", "elsewhere"), ("3.0.0", "elsewhere")] {
        assert_eq!(stand.chart("@own", "app", version).unwrap(), content.as_bytes());
    }
    assert!(authorizations(&server.requests()).iter().all(|sent| *sent));
    assert_eq!(authorizations(&other.requests()), [false, false]);
}

#[test]
fn only_allowed_hosts_are_reached() {
    let other = WebServer::start(|_| Reply::ok("elsewhere")).unwrap();
    let away = format!("{}/app.tgz", other.url());
    let server = WebServer::start(move |request| match request.path() {
        INDEX => Reply::ok(index(&[("1.0.0", "app.tgz", None)])),
        _ => Reply::redirect(&away),
    })
    .unwrap();
    let url = format!("{}/charts", server.url());
    let refused = Stand::new().allowing(&[]).chart(&url, "app", "").unwrap_err();
    assert_eq!(
        refused,
        format!("fetching from {} is not allowed here", server.host())
    );
    assert!(server.requests().is_empty());
    let refused = Stand::new()
        .allowing(&[&server.host()])
        .chart(&url, "app", "")
        .unwrap_err();
    assert_eq!(
        refused,
        format!("fetching from {} is not allowed here", other.host())
    );
    assert!(other.requests().is_empty());
    let both = [server.host(), other.host()];
    let stand = Stand::new().allowing(&[&both[0], &both[1]]);
    assert_eq!(stand.chart(&url, "app", "").unwrap(), b"elsewhere");
}

#[test]
fn redirects_end() {
    let server = WebServer::start(|_| Reply::redirect("/charts/index.yaml")).unwrap();
    let url = format!("{}/charts", server.url());
    let error = Stand::new().chart(&url, "app", "").unwrap_err();
    assert_eq!(
        error,
        format!("{url}/index.yaml cannot be followed: too many redirects")
    );
}
