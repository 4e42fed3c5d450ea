//! A cluster or a kas that does not answer: an error that says so, within the time that the flag names.

use std::io::Read as _;
use std::net::TcpListener;
use std::thread;

use crate::shell::{Ran, Shell};

fn shell(port: u16) -> Shell {
    let kubeconfig = format!(
        "apiVersion: v1
kind: Config
current-context: it
contexts: [{{name: it, context: {{cluster: it, user: me}}}}]
clusters: [{{name: it, cluster: {{server: 'http://127.0.0.1:{port}'}}}}]
users: [{{name: me, user: {{token: pl4nt3d}}}}]
"
    );
    Shell::new()
        .file("kubeconfig", &kubeconfig)
        .file(
            "app/a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
        )
        .with("KUBECONFIG", "kubeconfig")
        .with("GLOPS_REQUEST_TIMEOUT", "1s")
}

fn assert_unreachable(ran: &Ran) {
    assert_eq!(ran.code, Some(1), "{ran}");
    assert_eq!(ran.stdout, "", "{ran}");
    assert!(ran.stderr.starts_with("error: failed to "), "{ran}");
    assert!(ran.stderr.contains("hint: "), "{ran}");
    assert!(!ran.stderr.contains("pl4nt3d"), "the token is told: {ran}");
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

const COMMANDS: [&str; 6] = [
    "diff app",
    "apply app --inventory web",
    "status --inventory web",
    "drift app --inventory web",
    "delete --inventory web",
    "inventory list",
];

#[test]
fn nobody_listens() {
    let shell = shell(free_port());
    for command in COMMANDS {
        assert_unreachable(&shell.glops(command));
    }
}

#[test]
fn somebody_listens_and_never_answers() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // read for ever, say nothing
            thread::spawn(move || std::io::BufReader::new(stream).bytes().for_each(drop));
        }
    });
    let shell = shell(port);
    for command in ["diff app", "status --inventory web"] {
        assert_unreachable(&shell.glops(command));
    }
}

#[test]
fn a_kas_that_is_not_there() {
    let shell = Shell::new().file("token", "glop-admin-pl4nt3d");
    let line = format!(
        "agent list --kas-address grpc://127.0.0.1:{} --admin-token-file token",
        free_port()
    );
    assert_unreachable(&shell.glops(&line));
}
