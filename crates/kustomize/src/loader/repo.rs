use std::time::Duration;

use super::files::clean;
use crate::error::{Error, Result, fail};

const SCHEMES: [&str; 4] = ["ssh://", "https://", "http://", "file://"];
const FILE: &str = "file://";
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(27);

/// A reference to a directory of a git repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RepoSpec {
    /// As written.
    pub(crate) raw: String,
    host: String,
    /// The repository, behind its host.
    pub(crate) repository: String,
    /// The directory in it.
    pub(crate) path: String,
    /// A branch, tag or commit; empty for the default branch.
    pub(crate) revision: String,
    pub(crate) submodules: bool,
    pub(crate) timeout: Duration,
}

impl RepoSpec {
    /// Fails for what is a path of this tree.
    pub(crate) fn parse(raw: &str) -> Result<Self> {
        if raw.starts_with('/') {
            fail!("uri looks like abs path: {raw}");
        }
        let (address, query) = raw.split_once('?').unwrap_or((raw, ""));
        let (host, rest) = split_host(address)?;
        let (repository, path) = split_path(&rest, host.starts_with(FILE))?;
        let query = Query::parse(query);
        Ok(Self {
            raw: raw.to_owned(),
            host,
            repository,
            path,
            revision: query.revision,
            submodules: query.submodules,
            timeout: query.timeout,
        })
    }

    /// What git clones.
    pub(crate) fn clone_spec(&self) -> String {
        format!("{}{}", self.host, self.repository)
    }
}

struct Query {
    revision: String,
    submodules: bool,
    timeout: Duration,
}

impl Query {
    fn parse(query: &str) -> Self {
        let value = |name: &str| {
            query.split('&').find_map(|pair| {
                let (key, value) = pair.split_once('=')?;
                (key == name && !value.is_empty()).then(|| unescape(value))
            })
        };
        Self {
            revision: value("ref").or_else(|| value("version")).unwrap_or_default(),
            submodules: value("submodules")
                .is_none_or(|value| !matches!(value.as_str(), "false" | "0" | "f" | "F" | "FALSE" | "False")),
            timeout: value("timeout")
                .and_then(|value| duration(&value))
                .unwrap_or(DEFAULT_TIMEOUT),
        }
    }
}

/// `%2F` and `+` as what they stand for.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let code = |range: &[u8]| {
            std::str::from_utf8(range)
                .ok()
                .and_then(|hex| u8::from_str_radix(hex, 16).ok())
        };
        match (byte, tail.get(..2).and_then(code)) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Seconds, or a number with a unit.
fn duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<u64>() {
        return (seconds > 0).then(|| Duration::from_secs(seconds));
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
        let (number, tail) = rest.split_at(digits);
        let end = tail
            .find(|letter: char| letter.is_ascii_digit() || letter == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        let unit = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            _ => return None,
        };
        total += Duration::try_from_secs_f64(number.parse::<f64>().ok()? * unit).ok()?;
        rest = tail;
    }
    (!total.is_zero()).then_some(total)
}

fn split_host(address: &str) -> Result<(String, String)> {
    let (_, address) = strip(address, "git::");
    let (scheme, address) = SCHEMES
        .iter()
        .map(|scheme| (*scheme, strip(address, scheme)))
        .find(|(_, (found, _))| *found)
        .map_or(("", address), |(scheme, (_, rest))| (scheme, rest));
    let (user, address) = split_user(address);
    let lower = address.to_ascii_lowercase();
    let is_github = lower.starts_with("github.com/") || lower.starts_with("github.com:");
    let may_be_scp = scheme.is_empty() && (!user.is_empty() || is_github);
    if scheme.is_empty() && !may_be_scp {
        fail!("failed to parse scheme");
    }
    if scheme == FILE {
        return Ok((scheme.to_owned(), format!("{user}{address}")));
    }
    let (host, rest) = match host_end(address, may_be_scp) {
        Some(end) => address.split_at(end + 1),
        None => (address, ""),
    };
    let (scheme, user, host) = match (is_github, scheme == "ssh://" || !user.is_empty()) {
        (true, true) => ("", user, "github.com:"),
        (true, false) => ("https://", "", "github.com/"),
        (false, _) => (scheme, user, host),
    };
    if host.is_empty() {
        fail!("failed to parse host segment");
    }
    Ok((format!("{scheme}{user}{host}"), rest.to_owned()))
}

fn strip<'a>(text: &'a str, prefix: &str) -> (bool, &'a str) {
    match text.get(..prefix.len()) {
        Some(start) if start.eq_ignore_ascii_case(prefix) => (true, &text[prefix.len()..]),
        _ => (false, text),
    }
}

/// `git@` and the like: a letter, then letters, digits and dashes.
fn split_user(address: &str) -> (&str, &str) {
    let is_user = |user: &str| {
        user.starts_with(|first: char| first.is_ascii_alphabetic())
            && user
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    match address.find('@') {
        Some(at) if is_user(&address[..at]) => address.split_at(at + 1),
        _ => ("", address),
    }
}

fn host_end(address: &str, may_be_scp: bool) -> Option<usize> {
    let slash = address.find('/');
    let colon = address.find(':').filter(|_| may_be_scp);
    match (slash, colon) {
        (None, colon) => colon,
        (Some(slash), Some(colon)) if colon > 0 && colon < slash => Some(colon),
        (slash, _) => slash,
    }
}

fn split_path(address: &str, whole: bool) -> Result<(String, String)> {
    let unreadable = || Error::new("failed to parse repo path segment");
    let (repository, path) = split_at_marker(address)
        .or_else(|| split_by_length(address, whole))
        .ok_or_else(unreadable)?;
    if repository.is_empty() {
        return Err(unreadable());
    }
    let cleaned = clean(path.strip_prefix('/').unwrap_or(&path));
    if cleaned == ".." || cleaned.starts_with("../") {
        fail!("url path exits repo: {address}");
    }
    Ok((repository, path.strip_prefix('/').unwrap_or(&path).to_owned()))
}

fn split_at_marker(address: &str) -> Option<(String, String)> {
    if let Some(at) = address.find("_git/") {
        let start = at + "_git/".len();
        let (name, path) = address[start..]
            .split_once('/')
            .unwrap_or((&address[start..], ""));
        return Some((format!("{}{name}", &address[..start]), path.to_owned()));
    }
    if let Some((repository, path)) = address.split_once("//") {
        return Some((repository.to_owned(), path.to_owned()));
    }
    let end = address.find(".git")? + ".git".len();
    Some((address[..end].to_owned(), address[end..].to_owned()))
}

/// Without a marker a repository is an organisation and a name, or all of a path of this machine.
fn split_by_length(address: &str, whole: bool) -> Option<(String, String)> {
    if whole {
        return Some((address.to_owned(), String::new()));
    }
    let mut parts = address.splitn(3, '/');
    let (organisation, name) = (parts.next()?, parts.next()?);
    Some((
        format!("{organisation}/{name}"),
        parts.next().unwrap_or_default().to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (String, String, String) {
        let repo = RepoSpec::parse(url).unwrap();
        (repo.clone_spec(), repo.path, repo.revision)
    }

    fn expected(clone: &str, path: &str, revision: &str) -> (String, String, String) {
        (clone.to_owned(), path.to_owned(), revision.to_owned())
    }

    #[test]
    fn urls_of_repositories() {
        assert_eq!(
            parts("https://github.com/org/repo//deploy/base?ref=v1"),
            expected("https://github.com/org/repo", "deploy/base", "v1")
        );
        assert_eq!(
            parts("github.com/org/repo/deploy?version=main"),
            expected("https://github.com/org/repo", "deploy", "main")
        );
        assert_eq!(
            parts("git@github.com:org/repo.git/deploy"),
            expected(
                "git@github.com:org/repo.git",
                "/deploy".trim_start_matches('/'),
                ""
            )
        );
        assert_eq!(
            parts("ssh://git@host.example/org/repo.git//a?ref=b%2Fc"),
            expected(
                "ssh://git@host.example/org/repo.git",
                "/a".trim_start_matches('/'),
                "b/c"
            )
        );
        assert_eq!(
            parts("https://dev.example/org/project/_git/repo/path"),
            expected("https://dev.example/org/project/_git/repo", "path", "")
        );
        assert_eq!(parts("file:///srv/repo"), expected("file:///srv/repo", "", ""));
    }

    #[test]
    fn paths_are_no_repositories() {
        for path in [
            "../base",
            "base",
            "/abs",
            "org/repo/deploy",
            "https://host",
            "https://host/org",
        ] {
            assert!(RepoSpec::parse(path).is_err(), "{path}");
        }
        assert!(RepoSpec::parse("https://github.com/org/repo//../x").is_err());
    }

    #[test]
    fn timeouts_are_seconds_or_durations() {
        let timeout = |query: &str| {
            RepoSpec::parse(&format!("https://h/o/r?timeout={query}"))
                .unwrap()
                .timeout
        };
        assert_eq!(timeout("61"), Duration::from_secs(61));
        assert_eq!(timeout("1m1s"), Duration::from_secs(61));
        assert_eq!(timeout("never"), DEFAULT_TIMEOUT);
    }
}
