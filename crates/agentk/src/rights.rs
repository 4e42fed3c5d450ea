//! Which rights the agent needs for itself, and which of them it lacks.
//!
//! What a project's objects need is not asked ahead: the API server's refusal names verb, resource and namespace,
//! and reaches the report of the object concerned.

use std::fmt;

use futures::future::try_join_all;
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Api, Client, api::PostParams};

/// A right to do something with a resource in a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// `get`, `create`, …
    pub verb: &'static str,
    /// Empty for the core group.
    pub group: &'static str,
    /// Plural, as in RBAC rules.
    pub resource: &'static str,
    /// Where.
    pub namespace: String,
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        write!(f, " in namespace {}", self.namespace)
    }
}

/// What every agent needs in the namespace it runs in: its Lease.
pub fn for_election(namespace: &str) -> Vec<Right> {
    rights(
        "coordination.k8s.io",
        "leases",
        &["get", "create", "update"],
        namespace,
    )
}

/// What a project needs in its default namespace before anything of it is applied: its inventory.
pub fn for_inventory(namespace: &str) -> Vec<Right> {
    rights(
        "",
        "secrets",
        &["get", "list", "create", "patch", "delete"],
        namespace,
    )
}

fn rights(
    group: &'static str,
    resource: &'static str,
    verbs: &[&'static str],
    namespace: &str,
) -> Vec<Right> {
    let right = |verb: &&'static str| Right {
        verb,
        group,
        resource,
        namespace: namespace.to_owned(),
    };
    verbs.iter().map(right).collect()
}

/// Those of `rights` that the agent does not have, in their order.
pub async fn missing(client: Client, rights: Vec<Right>) -> Result<Vec<Right>, kube::Error> {
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client);
    let checked = try_join_all(rights.into_iter().map(|right| async {
        let review = reviews.create(&PostParams::default(), &question(&right)).await?;
        let allowed = review.status.is_some_and(|status| status.allowed);
        Ok::<_, kube::Error>((!allowed).then_some(right))
    }));
    Ok(checked.await?.into_iter().flatten().collect())
}

fn question(right: &Right) -> SelfSubjectAccessReview {
    SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec {
            resource_attributes: Some(ResourceAttributes {
                verb: Some(right.verb.to_owned()),
                group: Some(right.group.to_owned()),
                resource: Some(right.resource.to_owned()),
                namespace: Some(right.namespace.clone()),
                ..ResourceAttributes::default()
            }),
            ..SelfSubjectAccessReviewSpec::default()
        },
        ..SelfSubjectAccessReview::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_is_named_as_rbac_names_it() {
        let named: Vec<String> = for_election("glops").iter().map(Right::to_string).collect();
        assert_eq!(named[0], "get leases.coordination.k8s.io in namespace glops");
        let named: Vec<String> = for_inventory("shop").iter().map(Right::to_string).collect();
        assert!(named.contains(&"patch secrets in namespace shop".to_owned()));
    }
}
