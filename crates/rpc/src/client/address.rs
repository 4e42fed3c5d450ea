use std::str::FromStr;

/// Where kas is: `grpc://host:port` or `grpcs://host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KasAddress {
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// Host, without brackets around an IPv6 address.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl KasAddress {
    /// The address as an HTTP client wants it.
    pub fn uri(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        format!("{scheme}://{host}:{}", self.port)
    }
}

impl FromStr for KasAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = url::Url::parse(text)
            .map_err(|error| format!("{error}; write it as grpcs://kas.example.com:8150"))?;
        let tls = match url.scheme() {
            "grpc" => false,
            "grpcs" => true,
            "ws" | "wss" => {
                return Err(
                    "WebSocket is not spoken yet; use the gRPC port of kas with grpc or grpcs".into(),
                );
            }
            other => return Err(format!("scheme {other:?} is unknown; use grpc or grpcs")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("an address holds no credentials; the token goes into a file".into());
        }
        let host = match url.host_str() {
            Some(host) if !host.is_empty() => host.trim_matches(['[', ']']).to_owned(),
            _ => return Err("the host is missing".into()),
        };
        Ok(Self {
            tls,
            host,
            port: url.port().unwrap_or(if tls { 443 } else { 80 }),
        })
    }
}

/// A header for each call to kas.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// In lower case.
    pub name: String,
    /// May be secret.
    pub value: String,
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Header({}: ..)", self.name)
    }
}

impl FromStr for Header {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, value) = text.split_once(':').ok_or("write it as 'Name: value'")?;
        let name = name.trim().to_ascii_lowercase();
        if name.is_empty() || name.starts_with("grpc-") || name == "authorization" {
            return Err(format!("{name:?} cannot be set"));
        }
        Ok(Self {
            name,
            value: value.trim().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let read = |text: &str| text.parse::<KasAddress>();
        assert_eq!(read("grpc://kas:8150").unwrap().uri(), "http://kas:8150");
        assert_eq!(
            read("grpcs://kas.example.com").unwrap().uri(),
            "https://kas.example.com:443"
        );
        assert_eq!(read("grpcs://[::1]:9").unwrap().uri(), "https://[::1]:9");
        for wrong in [
            "kas:8150",
            "http://kas",
            "wss://kas",
            "grpc://",
            "grpc://user:secret@kas",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers() {
        let header: Header = "X-Route: a:b".parse().unwrap();
        assert_eq!((header.name.as_str(), header.value.as_str()), ("x-route", "a:b"));
        assert!("Authorization: x".parse::<Header>().is_err() && "nothing".parse::<Header>().is_err());
        assert!(!format!("{header:?}").contains("a:b"));
    }
}
