//! `url.Parse`

use std::net::IpAddr;

use super::escape::{Part, escape, unescape};
use crate::text::quote;

/// The parts of a URL.
#[derive(Debug, Default)]
pub(super) struct Url {
    pub(super) scheme: Vec<u8>,
    pub(super) opaque: Vec<u8>,
    pub(super) userinfo: Option<UserInfo>,
    pub(super) host: Vec<u8>,
    pub(super) path: Vec<u8>,
    pub(super) query: Vec<u8>,
    pub(super) fragment: Vec<u8>,
}

/// A user's name, perhaps with a password.
pub(super) struct UserInfo {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl std::fmt::Debug for UserInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UserInfo")
    }
}

impl UserInfo {
    pub(super) fn escaped(&self) -> Vec<u8> {
        let mut out = escape(&self.name, Part::UserInfo);
        if let Some(password) = &self.password {
            out.push(b':');
            out.extend(escape(password, Part::UserInfo));
        }
        out
    }
}

fn cut(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(at, text) {
        Some(found) => (&text[..found], Some(&text[found + 1..])),
        None => (text, None),
    }
}

impl Url {
    /// Reads a URL; the error is Go's text.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        let failed = |text: &[u8], error: String| format!("parse {}: {error}", quote::quoted(text));
        let (before, fragment) = cut(text, b'#');
        let mut url = Self::parse_plain(before).map_err(|error| failed(before, error))?;
        if let Some(fragment) = fragment {
            url.fragment = unescape(fragment, Part::Fragment).map_err(|error| failed(text, error))?;
        }
        Ok(url)
    }

    fn parse_plain(text: &[u8]) -> Result<Self, String> {
        if text.iter().any(|&byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let mut url = Self::default();
        if text == b"*" {
            url.path = text.to_vec();
            return Ok(url);
        }
        let (scheme, rest) = split_scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        let (rest, query) = cut(rest, b'?');
        url.query = query.unwrap_or_default().to_vec();
        if !rest.starts_with(b"/") {
            if !scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let mut path = rest;
        if rest.starts_with(b"//") && (!scheme.is_empty() || !rest.starts_with(b"///")) {
            let end = memchr::memchr(b'/', &rest[2..]).map_or(rest.len(), |slash| slash + 2);
            url.parse_authority(&rest[2..end])?;
            path = &rest[end..];
        }
        url.path = unescape(path, Part::Path)?;
        Ok(url)
    }

    fn parse_authority(&mut self, authority: &[u8]) -> Result<(), String> {
        let Some(at) = memchr::memrchr(b'@', authority) else {
            self.host = parse_host(&self.scheme, authority)?;
            return Ok(());
        };
        self.host = parse_host(&self.scheme, &authority[at + 1..])?;
        let userinfo = &authority[..at];
        let valid = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(byte);
        if !userinfo.iter().all(valid) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        let (name, password) = cut(userinfo, b':');
        self.userinfo = Some(UserInfo {
            name: unescape(name, Part::UserInfo)?,
            password: password
                .map(|password| unescape(password, Part::UserInfo))
                .transpose()?,
        });
        Ok(())
    }

    /// The host without its port and brackets.
    pub(super) fn hostname(&self) -> &[u8] {
        let colon = memchr::memrchr(b':', &self.host).filter(|&colon| is_optional_port(&self.host[colon..]));
        let host = &self.host[..colon.unwrap_or(self.host.len())];
        match host {
            [b'[', inner @ .., b']'] => inner,
            _ => host,
        }
    }
}

/// The scheme, which may be empty, and what follows its colon.
fn split_scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

fn is_optional_port(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b':', digits @ ..] => digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

fn parse_host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, String> {
    let check_port = |port: &[u8]| {
        let wrong = || format!("invalid port {} after host", quote::quoted(port));
        is_optional_port(port).then_some(()).ok_or_else(wrong)
    };
    match memchr::memrchr(b'[', host) {
        Some(0) => {
            let close = memchr::memrchr(b']', host).ok_or("missing ']' in host")?;
            check_port(&host[close + 1..])?;
            return parse_literal(&host[1..close], &host[close + 1..]);
        }
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    // web addresses have one colon at most
    let strict = matches!(scheme, b"http" | b"https");
    let colon = if strict {
        memchr::memchr(b':', host)
    } else {
        memchr::memrchr(b':', host)
    };
    if let Some(colon) = colon {
        check_port(&host[colon..])?;
    }
    unescape(host, Part::Host)
}

/// An address in brackets.
fn parse_literal(name: &[u8], port: &[u8]) -> Result<Vec<u8>, String> {
    let port = unescape(port, Part::Host)?;
    let zone = memchr::memmem::find(name, b"%25").unwrap_or(name.len());
    let mut host = unescape(&name[..zone], Part::Host)?;
    let address = String::from_utf8_lossy(&host).into_owned();
    host.extend(unescape(&name[zone..], Part::Zone)?);
    let shown = quote::quoted(&host);
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(_)) => Ok([b"[".as_slice(), &host, b"]", &port].concat()),
        Ok(IpAddr::V4(_)) => Err("invalid IP-literal".to_owned()),
        Err(_) => Err(format!("invalid host: ParseAddr({shown}): unable to parse IP")),
    }
}
