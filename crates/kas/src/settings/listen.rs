use std::time::Duration;

use super::{Error, Listen, Tls, file};

pub(super) fn listen(
    key: &str,
    listen: file::Listen,
    flag: Option<String>,
    default: &str,
) -> Result<Listen, Error> {
    if let Some(network) = listen
        .network
        .filter(|network| !matches!(network.as_str(), "tcp" | "tcp4" | "tcp6"))
    {
        return Err(Error::invalid(
            format!("{key}.network"),
            network,
            "only tcp, tcp4 and tcp6 are served",
        ));
    }
    let address = flag.or(listen.address).unwrap_or_else(|| default.to_owned());
    let address = address.parse().or_else(|_| {
        let every_interface = address.strip_prefix(':').map(|port| format!("[::]:{port}"));
        let address = every_interface.as_ref().and_then(|address| address.parse().ok());
        address
            .ok_or_else(|| Error::invalid(format!("{key}.address"), "", "write host:port with an IP address"))
    })?;
    let tls = match (listen.certificate_file, listen.key_file) {
        (None, None) => None,
        (Some(certificate_file), Some(key_file)) => Some(Tls {
            certificate_file,
            key_file,
        }),
        _ => {
            return Err(Error::invalid(
                key,
                "",
                "certificate_file and key_file are needed together",
            ));
        }
    };
    let max_connection_age = listen
        .max_connection_age
        .map_or(Duration::from_hours(2), |age| age.0);
    Ok(Listen {
        address,
        tls,
        max_connection_age,
    })
}
