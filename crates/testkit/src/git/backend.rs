//! The bridge between HTTP and `git http-backend`, which speaks CGI.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::repository;

/// Answers one request for a repository below `root`.
pub(crate) async fn answer(root: &Path, request: &Parts, body: &[u8]) -> Result<Response<Body>> {
    let mut child = command(root, request, body.len())
        .spawn()
        .context("failed to start git http-backend")?;
    let mut stdin = child.stdin.take().context("git http-backend has no input")?;
    let output = child.wait_with_output();
    let write = async move {
        // a backend that has heard enough closes its input early
        let _ = stdin.write_all(body).await;
    };
    let ((), output) = tokio::join!(write, output);
    response(&output.context("failed to wait for git http-backend")?.stdout)
}

fn command(root: &Path, request: &Parts, length: usize) -> Command {
    let header = |name: HeaderName| {
        request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let mut command = Command::from(repository::git());
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GIT_PROTOCOL", header(HeaderName::from_static("git-protocol")))
        .env("REQUEST_METHOD", request.method.as_str())
        .env("PATH_INFO", request.uri.path())
        .env("QUERY_STRING", request.uri.query().unwrap_or_default())
        .env("CONTENT_TYPE", header(header::CONTENT_TYPE))
        .env("CONTENT_LENGTH", length.to_string())
        .env("HTTP_CONTENT_ENCODING", header(header::CONTENT_ENCODING))
        .env("REMOTE_ADDR", "127.0.0.1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Turns what a CGI program prints into a response.
fn response(output: &[u8]) -> Result<Response<Body>> {
    let end = output
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .context("git http-backend gave no headers")?;
    let mut response = Response::new(Body::from(output[end + 4..].to_vec()));
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        if name.eq_ignore_ascii_case("status") {
            let code = value.split(' ').next().unwrap_or_default();
            *response.status_mut() = code
                .parse::<StatusCode>()
                .context("git http-backend gave a bad status")?;
        } else {
            let name: HeaderName = name.parse().context("git http-backend gave a bad header")?;
            response.headers_mut().insert(
                name,
                HeaderValue::from_str(value).context("git http-backend gave a bad value")?,
            );
        }
    }
    Ok(response)
}
