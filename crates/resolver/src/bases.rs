use bytes::Bytes;
use git::{Error as GitError, Newest, Reference, Remote, Timeouts};
use kustomize::{FetchError, GitReference};
use manifest::Tree;
use url::Url;

use crate::{Error, Resolver, http::Get};

impl kustomize::Resolver for Resolver {
    fn git(&self, reference: &GitReference) -> Result<Tree, String> {
        self.bases
            .get_or(reference, || self.base(reference))
            .map_err(|error| error.text())
    }

    fn file(&self, url: &str) -> Result<Bytes, FetchError> {
        self.files
            .get_or(&url.to_owned(), || self.remote_file(url))
            .map_err(|error| match error {
                Error::Status { status, .. } => FetchError::Status(status),
                error => FetchError::Other(error.text()),
            })
    }
}

impl Resolver {
    fn remote_file(&self, url: &str) -> Result<Bytes, Error> {
        let parsed = Url::parse(url).map_err(|error| Error::InvalidUrl {
            url: url.to_owned(),
            reason: error.to_string(),
        })?;
        let answer = self.http.get(Get::new(&parsed, self.http.limits().file))?;
        match answer.status.as_u16() {
            200..=299 => Ok(answer.body),
            status => Err(Error::Status {
                url: url.to_owned(),
                status,
            }),
        }
    }

    fn base(&self, reference: &GitReference) -> Result<Tree, Error> {
        let total = reference.timeout.min(self.http.limits().time);
        let defaults = Timeouts::default();
        let remote = Remote::new(&reference.repository)?.with_timeouts(Timeouts {
            connect: defaults.connect.min(total),
            stall: defaults.stall.min(total),
            total,
        });
        let hosts = self.http.hosts();
        let remote = match remote.host() {
            Some((host, port)) if !hosts.admit(&host.to_ascii_lowercase(), port) => {
                return Err(Error::HostNotAllowed {
                    host: host.to_owned(),
                });
            }
            None if !hosts.admit_local() => {
                return Err(Error::LocalNotAllowed {
                    url: remote.display_url(),
                });
            }
            // Git follows redirects by itself, and knows no list
            _ => remote.follow_redirects(hosts.admit_local()),
        };
        let mirror = self.git.mirror(remote);
        let newest = first_of(&candidates(&reference.revision), |reference| {
            mirror.newest(reference)
        })?;
        Ok(newest.repository.tree(newest.commit)?)
    }
}

/// What a revision may mean, in the order in which Git tries it.
fn candidates(revision: &str) -> Vec<Reference> {
    if revision.is_empty() || revision == "HEAD" {
        return vec![Reference::DefaultBranch];
    }
    let name = revision.strip_prefix("refs/").unwrap_or(revision);
    if let Some(branch) = name.strip_prefix("heads/") {
        return vec![Reference::Branch(branch.to_owned())];
    }
    if let Some(tag) = name.strip_prefix("tags/") {
        return vec![Reference::Tag(tag.to_owned())];
    }
    if revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return vec![Reference::Commit(revision.to_ascii_lowercase())];
    }
    vec![
        Reference::Tag(revision.to_owned()),
        Reference::Branch(revision.to_owned()),
    ]
}

fn first_of(
    references: &[Reference],
    find: impl Fn(&Reference) -> Result<Newest, GitError>,
) -> Result<Newest, GitError> {
    let mut references = references.iter().peekable();
    loop {
        let reference = references.next().expect("there is always one candidate");
        match find(reference) {
            Err(GitError::ReferenceNotFound { .. }) if references.peek().is_some() => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_comes_before_a_branch() {
        assert_eq!(candidates(""), [Reference::DefaultBranch]);
        assert_eq!(
            candidates("v1"),
            [
                Reference::Tag("v1".to_owned()),
                Reference::Branch("v1".to_owned())
            ]
        );
        assert_eq!(
            candidates("refs/heads/a/b"),
            [Reference::Branch("a/b".to_owned())]
        );
        assert_eq!(candidates(&"A0".repeat(20)), [Reference::Commit("a0".repeat(20))]);
    }
}
