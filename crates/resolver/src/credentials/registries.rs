use std::{collections::HashMap, path::Path};

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use git::Secret;
use serde::Deserialize;

use super::{Authorization, unusable};
use crate::Error;

/// Docker writes padding, others leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const DOCKER_HUB: &str = "index.docker.io";

/// What files in the form of Docker's `config.json` know of registries.
#[derive(Debug, Default)]
pub(crate) struct Registries {
    logins: HashMap<String, Login>,
    helpers: HashMap<String, String>,
    default_helper: Option<String>,
}

/// As whom a registry is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    /// With a password, or a token that stands in the place of one.
    Password(Authorization),
    /// With a token that the token service takes for a shorter-lived one.
    Identity(Secret),
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct File {
    auths: HashMap<String, Entry>,
    cred_helpers: HashMap<String, String>,
    creds_store: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
    registrytoken: String,
}

impl Registries {
    /// Takes in a file; what is known already stays.
    pub(super) fn add(&mut self, path: &Path, text: &[u8]) -> Result<(), Error> {
        // the reader's own text would show the value that has the wrong type
        let file: File = serde_json::from_slice(text).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            unusable(path, format!("it is not as Docker writes it: {place}"))
        })?;
        for (server, entry) in file.auths {
            let login = entry
                .login()
                .map_err(|reason| unusable(path, format!("auths of {server}: {reason}")))?;
            if let Some(login) = login {
                self.logins.entry(host_of(&server)).or_insert(login);
            }
        }
        for (server, helper) in file.cred_helpers {
            self.helpers.entry(host_of(&server)).or_insert(helper);
        }
        if self.default_helper.is_none() && !file.creds_store.is_empty() {
            self.default_helper = Some(file.creds_store);
        }
        Ok(())
    }

    /// The login for a registry, by its host and port.
    pub(crate) fn login(&self, registry: &str) -> Option<&Login> {
        self.logins.get(hub_or(registry))
    }

    /// The program that keeps the login for a registry, where one may.
    pub(crate) fn helper(&self, registry: &str) -> Option<String> {
        let helper = self
            .helpers
            .get(hub_or(registry))
            .or(self.default_helper.as_ref())?;
        Some(format!("docker-credential-{helper}"))
    }
}

impl Entry {
    /// An entry without anything stands for a login that a helper keeps.
    fn login(self) -> Result<Option<Login>, &'static str> {
        if !self.registrytoken.is_empty() {
            let token = Secret::new(&self.registrytoken);
            return Ok(Some(Login::Password(Authorization::Bearer(token))));
        }
        if !self.identitytoken.is_empty() {
            return Ok(Some(Login::Identity(Secret::new(&self.identitytoken))));
        }
        let (username, password) = if self.auth.is_empty() {
            (self.username, self.password)
        } else {
            let bytes = BASE64.decode(self.auth.trim()).map_err(|_| "auth is no base64")?;
            let text = String::from_utf8(bytes).map_err(|_| "auth is no text")?;
            let (username, password) = text.split_once(':').ok_or("auth has no colon")?;
            (username.to_owned(), password.trim_end_matches('\0').to_owned())
        };
        if username.is_empty() && password.is_empty() {
            return Ok(None);
        }
        Ok(Some(Login::Password(Authorization::Basic {
            username,
            password: Secret::new(&password),
        })))
    }
}

/// The host and port of a key such as `https://index.docker.io/v1/`.
fn host_of(server: &str) -> String {
    let bare = server.split_once("://").map_or(server, |(_, rest)| rest);
    bare.split('/').next().unwrap_or_default().to_ascii_lowercase()
}

/// Docker's own registry has one name in its files and others on the wire.
fn hub_or(registry: &str) -> &str {
    match registry {
        "docker.io" | "registry-1.docker.io" => DOCKER_HUB,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registries(text: &str) -> Result<Registries, Error> {
        let mut registries = Registries::default();
        registries.add(Path::new("config.json"), text.as_bytes())?;
        Ok(registries)
    }

    fn header(registries: &Registries, host: &str) -> String {
        match registries.login(host) {
            Some(Login::Password(authorization)) => authorization.header(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn logins_are_found_by_host() {
        let found = registries(
            r#"{"auths": {"https://index.docker.io/v1/": {"auth": "Ym90OmE6Yg=="},
                          "registry.example.com:5000": {"auth": "Ym90Omh1bnRlcjI"},
                          "tokens.example.com": {"auth": "Ym90Og==", "identitytoken": "hunter2"},
                          "kept.example.com": {}}}"#,
        )
        .unwrap();
        assert_eq!(header(&found, "docker.io"), "Basic Ym90OmE6Yg==");
        assert_eq!(header(&found, "registry-1.docker.io"), "Basic Ym90OmE6Yg==");
        assert_eq!(
            header(&found, "registry.example.com:5000"),
            "Basic Ym90Omh1bnRlcjI="
        );
        assert_eq!(
            found.login("tokens.example.com"),
            Some(&Login::Identity(Secret::new("hunter2")))
        );
        assert_eq!(found.login("registry.example.com"), None);
        assert_eq!(found.login("kept.example.com"), None);
        assert!(!format!("{found:?}").contains("hunter2"));
    }

    #[test]
    fn helpers_are_named_and_not_run() {
        let found =
            registries(r#"{"credsStore": "desktop", "credHelpers": {"ecr.example.com": "ecr-login"}}"#)
                .unwrap();
        assert_eq!(
            found.helper("ecr.example.com").as_deref(),
            Some("docker-credential-ecr-login")
        );
        assert_eq!(
            found.helper("else.example.com").as_deref(),
            Some("docker-credential-desktop")
        );
    }

    #[test]
    fn a_broken_file_shows_no_secret() {
        for text in [
            r#"{"auths": {"h": {"auth": ["hunter2"]}}}"#,
            r#"{"auths": {"h": {"auth": "hunter2!"}}}"#,
            r#"{"auths": "hunter2"}"#,
        ] {
            let error = registries(text).unwrap_err().text();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn the_first_file_wins() {
        let mut found = registries(r#"{"auths": {"h": {"username": "a", "password": "1"}}}"#).unwrap();
        found
            .add(
                Path::new("second"),
                br#"{"auths": {"h": {"username": "b", "password": "2"}}}"#,
            )
            .unwrap();
        assert_eq!(header(&found, "h"), "Basic YTox");
    }
}
