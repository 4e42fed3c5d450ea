//! Slash-separated paths; those of the operating system are the same.

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, Signature};
use crate::value::{Type, Value};

const PATH: Signature = Signature::new(&[Type::String]);

pub(super) const TABLE: &[Row] = &[
    ("base", PATH, base),
    ("osBase", PATH, base),
    ("dir", PATH, dir),
    ("osDir", PATH, dir),
    ("clean", PATH, |_, args| Ok(Value::Str(clean(args.str(0)).into()))),
    ("osClean", PATH, |_, args| {
        Ok(Value::Str(clean(args.str(0)).into()))
    }),
    ("ext", PATH, ext),
    ("osExt", PATH, ext),
    ("isAbs", PATH, |_, args| {
        Ok(Value::Bool(args.str(0).starts_with(b"/")))
    }),
    ("osIsAbs", PATH, |_, args| {
        Ok(Value::Bool(args.str(0).starts_with(b"/")))
    }),
];

fn base(_: &Context<'_>, args: &Args) -> Called {
    let path = args.str(0);
    if path.is_empty() {
        return Ok(".".into());
    }
    let Some(end) = path.iter().rposition(|&byte| byte != b'/') else {
        return Ok("/".into());
    };
    let start = path[..end]
        .iter()
        .rposition(|&byte| byte == b'/')
        .map_or(0, |slash| slash + 1);
    Ok(Value::Str(path[start..=end].into()))
}

fn dir(_: &Context<'_>, args: &Args) -> Called {
    let path = args.str(0);
    let end = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    Ok(Value::Str(clean(&path[..end]).into()))
}

fn ext(_: &Context<'_>, args: &Args) -> Called {
    let path = args.str(0);
    let name = memchr::memrchr(b'/', path).map_or(0, |slash| slash + 1);
    let dot = memchr::memrchr(b'.', &path[name..]);
    Ok(Value::Str(dot.map_or(&b""[..], |dot| &path[name + dot..]).into()))
}

/// The shortest path that means the same.
fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|last| *last != b"..") => {
                parts.pop();
            }
            b".." if rooted => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/".as_slice(), &joined].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}
