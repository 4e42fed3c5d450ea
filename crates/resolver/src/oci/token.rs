use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use git::Secret;
use serde::Deserialize;
use url::Url;

use super::{Challenge, Reference, SMALL, read};
use crate::{
    Error, Resolver,
    credentials::{Authorization, Login},
    http::{Get, shown},
};

const CLIENT: &str = "glops";

/// What registries took as proof, by registry and repository.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<HashMap<(String, String), Authorization>>);

impl Tokens {
    pub(super) fn known(&self, reference: &Reference) -> Option<Authorization> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&key(reference)).cloned()
    }

    pub(super) fn remember(&self, reference: &Reference, authorization: Authorization) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key(reference), authorization);
    }
}

fn key(reference: &Reference) -> (String, String) {
    (reference.registry.clone(), reference.repository.clone())
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

impl Resolver {
    /// Gets what a challenge asks for.
    pub(super) fn authorize(
        &self,
        reference: &Reference,
        challenge: &Challenge,
    ) -> Result<Authorization, Error> {
        let login = self.credentials.registries.login(&reference.registry);
        match (challenge, login) {
            (_, Some(Login::Password(bearer @ Authorization::Bearer(_)))) => Ok(bearer.clone()),
            (Challenge::Basic, Some(Login::Password(basic))) => Ok(basic.clone()),
            (Challenge::Basic, _) => Err(self.denied(reference, &reference.base)),
            (
                Challenge::Bearer {
                    realm,
                    service,
                    scope,
                },
                login,
            ) => {
                let scope = match scope {
                    Some(scope) => scope.clone(),
                    None => format!("repository:{}:pull", reference.repository),
                };
                self.token(reference, realm, service.as_deref(), &scope, login)
            }
        }
    }

    fn token(
        &self,
        reference: &Reference,
        realm: &str,
        service: Option<&str>,
        scope: &str,
        login: Option<&Login>,
    ) -> Result<Authorization, Error> {
        let mut url = token_url(reference, realm)?;
        let mut fields = vec![("scope", scope)];
        fields.extend(service.map(|service| ("service", service)));
        let answer = if let Some(Login::Identity(token)) = login {
            fields.extend([
                ("grant_type", "refresh_token"),
                ("client_id", CLIENT),
                ("refresh_token", token.expose()),
            ]);
            self.http.get(Get {
                form: Some(&fields),
                ..Get::new(&url, SMALL)
            })?
        } else {
            url.query_pairs_mut().extend_pairs(fields);
            self.http.get(Get {
                authorization: match login {
                    Some(Login::Password(password)) => Some(password),
                    _ => None,
                },
                ..Get::new(&url, SMALL)
            })?
        };
        if matches!(answer.status.as_u16(), 400 | 401 | 403) {
            return Err(self.denied(reference, &url));
        }
        let answer: Answer = read(&url, "token", &answer.success(&url)?)?;
        let token = if answer.token.is_empty() {
            answer.access_token
        } else {
            answer.token
        };
        Ok(Authorization::Bearer(Secret::new(&token)))
    }

    /// Why a registry refuses, as far as this side knows.
    pub(super) fn denied(&self, reference: &Reference, url: &Url) -> Error {
        let registries = &self.credentials.registries;
        let host = reference.registry.clone();
        match (registries.login(&host), registries.helper(&host)) {
            (None, Some(helper)) => Error::CredentialHelper { host, helper },
            (None, None) => Error::AccessDenied {
                hint: format!("no credentials are known; `helm registry login {host}` keeps some"),
                host,
                url: shown(url),
            },
            (Some(_), _) => Error::AccessDenied {
                hint: "the credentials in Helm's or Docker's configuration are not accepted".to_owned(),
                host,
                url: shown(url),
            },
        }
    }
}

/// Where tokens are had. A registry that is reached safely may not send credentials over an open line.
fn token_url(reference: &Reference, realm: &str) -> Result<Url, Error> {
    let invalid = |reason: &str| Error::InvalidUrl {
        url: realm.to_owned(),
        reason: reason.to_owned(),
    };
    let url = Url::parse(realm).map_err(|_| invalid("the registry's token service has no URL"))?;
    if url.scheme() != "https" && reference.base.scheme() == "https" {
        return Err(invalid("the registry's token service is not reached by https"));
    }
    Ok(url)
}
