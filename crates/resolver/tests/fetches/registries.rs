use testkit::{
    charts::{Registry, digest},
    web::{Reply, WebServer},
};

use super::Stand;

fn registry() -> Registry {
    let registry = Registry::start().unwrap();
    for (tag, content) in [
        ("1.0.0", "one"),
        ("1.2.0_b", "one two"),
        ("1.10.0", "one ten"),
        ("2.0.0-rc", "two"),
        ("latest", "none"),
    ] {
        registry.push("team/app", tag, content.as_bytes());
    }
    registry
}

fn login(stand: &Stand, registry: &Registry, entry: &str) {
    let host = registry.host();
    stand.write("config.json", &format!("{{\"auths\": {{\"{host}\": {entry}}}}}"));
}

fn place(registry: &Registry) -> String {
    format!("oci://{}/team", registry.host())
}

#[test]
fn versions_are_tags() {
    let (registry, stand) = (registry(), Stand::new());
    let chart = |version: &str| {
        stand
            .chart(&place(&registry), "app", version)
            .map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(chart("").unwrap(), "one ten");
    assert_eq!(chart("~1.2").unwrap(), "one two");
    assert_eq!(chart("1.2.0+b").unwrap(), "one two");
    let before = registry.requests().len();
    // one version needs no list; its manifest may have changed, the archive is here
    assert_eq!(chart("1.0.0").unwrap(), "one");
    assert_eq!(chart("1.0.0").unwrap(), "one");
    let asked: Vec<String> = registry.requests()[before..]
        .iter()
        .map(|request| request.target.clone())
        .collect();
    let blob = format!("/v2/team/app/blobs/{}", digest(b"one"));
    assert_eq!(
        asked,
        [
            "/v2/team/app/manifests/1.0.0",
            &blob,
            "/v2/team/app/manifests/1.0.0"
        ]
    );
    assert!(
        chart("9.9.9")
            .unwrap_err()
            .starts_with("chart \"app\" not found in ")
    );
    assert!(
        chart("^9")
            .unwrap_err()
            .starts_with("chart \"app\" has no version that matches \"^9\"")
    );
}

#[test]
fn a_digest_is_never_asked_for_twice() {
    let (registry, stand) = (registry(), Stand::new());
    let id = registry.push("team/app", "3.0.0", b"three");
    let url = format!("{}/app:3.0.0@{id}", place(&registry));
    assert_eq!(stand.chart("", &url, "").unwrap(), b"three");
    let asked = registry.requests().len();
    assert_eq!(stand.chart("", &url, "").unwrap(), b"three");
    assert_eq!(registry.requests().len(), asked);
}

#[test]
fn a_challenge_is_answered_with_a_token() {
    let (registry, stand) = (registry(), Stand::new());
    registry.require("bot", "hunter2");
    let nobody = stand.chart(&place(&registry), "app", "1.0.0").unwrap_err();
    assert!(
        nobody.contains("no credentials are known; `helm registry login"),
        "{nobody}"
    );
    login(&stand, &registry, r#"{"auth": "Ym90Om90aGVy"}"#);
    let wrong = stand.chart(&place(&registry), "app", "1.0.0").unwrap_err();
    assert!(
        wrong.contains("are not accepted") && !wrong.contains("other"),
        "{wrong}"
    );
    login(&stand, &registry, r#"{"auth": "Ym90Omh1bnRlcjI="}"#);
    assert_eq!(stand.chart(&place(&registry), "app", "1.0.0").unwrap(), b"one");
    login(&stand, &registry, r#"{"identitytoken": "hunter2"}"#);
    assert_eq!(stand.chart(&place(&registry), "app", "1.0.0").unwrap(), b"one");
}

#[test]
fn a_helper_is_not_run() {
    let (registry, stand) = (registry(), Stand::new());
    stand.write("config.json", r#"{"credsStore": "desktop"}"#);
    // who may be read by everybody needs no credentials
    assert_eq!(stand.chart(&place(&registry), "app", "1.0.0").unwrap(), b"one");
    registry.require("bot", "hunter2");
    let error = stand.chart(&place(&registry), "app", "1.2.0").unwrap_err();
    assert!(
        error.contains("kept by the program docker-credential-desktop, and no program is run"),
        "{error}"
    );
}

#[test]
fn blobs_may_lie_elsewhere_and_the_token_stays() {
    let (registry, stand) = (registry(), Stand::new());
    let store = WebServer::start(|_| Reply::ok("one")).unwrap();
    registry.require("bot", "hunter2");
    registry.redirect_blobs(&store.url());
    login(&stand, &registry, r#"{"username": "bot", "password": "hunter2"}"#);
    assert_eq!(stand.chart(&place(&registry), "app", "1.0.0").unwrap(), b"one");
    assert!(
        store
            .requests()
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[test]
fn other_bytes_than_promised_are_refused() {
    let (registry, stand) = (registry(), Stand::new());
    registry.corrupt(&digest(b"one"), b"evil");
    let error = stand.chart(&place(&registry), "app", "1.0.0").unwrap_err();
    assert!(
        error.contains(&format!("has digest {}, not {}", digest(b"evil"), digest(b"one"))),
        "{error}"
    );
    let id = registry.push("team/app", "4.0.0", b"four");
    registry.corrupt(&id, b"{}");
    let error = stand.chart(&place(&registry), "app", "4.0.0").unwrap_err();
    assert!(error.contains(&format!("not {id}")), "{error}");
}

#[test]
fn what_is_no_chart_is_told() {
    let (registry, stand) = (registry(), Stand::new());
    let id = registry.push("team/app", "5.0.0", b"five");
    let image = br#"{"config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "", "size": 1}, "layers": []}"#;
    registry.corrupt(&id, image);
    // the registry's own claim is wrong too, which is found first
    assert!(stand.chart(&place(&registry), "app", "5.0.0").is_err());
    for text in [
        "oci://127.0.0.1",
        "oci://127.0.0.1/../x",
        "ftp://127.0.0.1/x",
        "nowhere",
    ] {
        assert!(stand.chart("", text, "").is_err(), "{text}");
    }
}
