//! URLs taken apart and put together.

mod escape;
mod parse;

use escape::{Part, escape};
use parse::Url;

use super::{Called, Row, fail};
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::{Kind, Map, Str, Type, Value};

pub(super) const TABLE: &[Row] = &[
    ("urlParse", Signature::new(&[Type::String]), url_parse),
    ("urlJoin", Signature::new(&[Type::Map]), url_join),
];

fn url_parse(_: &Context<'_>, args: &Args) -> Called {
    let url =
        Url::parse(args.str(0)).map_err(|error| CallError::new(format!("unable to parse url: {error}")))?;
    let parts = [
        ("scheme", url.scheme.clone()),
        ("host", url.host.clone()),
        ("hostname", url.hostname().to_vec()),
        ("path", url.path),
        ("query", url.query),
        ("opaque", url.opaque),
        ("fragment", url.fragment),
        (
            "userinfo",
            url.userinfo
                .map(|userinfo| userinfo.escaped())
                .unwrap_or_default(),
        ),
    ];
    Ok(Value::Map(
        parts
            .into_iter()
            .map(|(name, part)| (name, Str::from(part)))
            .collect(),
    ))
}

/// The text of a key, none if it is missing.
fn part(map: &Map, key: &str) -> Result<Vec<u8>, CallError> {
    match map.get(key) {
        None => Ok(Vec::new()),
        Some(Value::Str(text)) => Ok(text.to_vec()),
        Some(other) if other.kind() == Kind::Invalid => fail(super::list::NIL_DEREFERENCE),
        Some(other) => {
            let kind = other.kind().name();
            fail(format!(
                "unable to parse {key} key, must be of type string, but {kind} found"
            ))
        }
    }
}

fn url_join(_: &Context<'_>, args: &Args) -> Called {
    let map = args.map(0);
    let (scheme, host, path) = (part(map, "scheme")?, part(map, "host")?, part(map, "path")?);
    let (query, opaque, fragment) = (part(map, "query")?, part(map, "opaque")?, part(map, "fragment")?);
    let userinfo = part(map, "userinfo")?;
    let userinfo = if userinfo.is_empty() {
        None
    } else {
        let whole = [b"proto://".as_slice(), &userinfo, b"@host"].concat();
        let url = Url::parse(&whole)
            .map_err(|error| CallError::new(format!("unable to parse userinfo in dict: {error}")))?;
        url.userinfo
    };
    let mut out = Vec::new();
    if !scheme.is_empty() {
        out.extend_from_slice(&scheme);
        out.push(b':');
    }
    if opaque.is_empty() {
        if !host.is_empty() || userinfo.is_some() || !scheme.is_empty() && !path.is_empty() {
            out.extend_from_slice(b"//");
        }
        if let Some(userinfo) = userinfo {
            out.extend_from_slice(&userinfo.escaped());
            out.push(b'@');
        }
        out.extend_from_slice(&escape(&host, Part::Host));
        push_path(&mut out, &path, !host.is_empty());
    } else {
        out.extend_from_slice(&opaque);
    }
    for (mark, text) in [(b'?', query), (b'#', escape(&fragment, Part::Fragment))] {
        if !text.is_empty() {
            out.push(mark);
            out.extend_from_slice(&text);
        }
    }
    Ok(Value::Str(out.into()))
}

fn push_path(out: &mut Vec<u8>, path: &[u8], after_host: bool) {
    let path = if path == b"*" {
        path.to_vec()
    } else {
        escape(path, Part::Path)
    };
    if !path.is_empty() && !path.starts_with(b"/") && after_host {
        out.push(b'/');
    }
    let first = path.split(|&byte| byte == b'/').next().unwrap_or_default();
    if out.is_empty() && first.contains(&b':') {
        out.extend_from_slice(b"./");
    }
    out.extend_from_slice(&path);
}
