//! Users with few rights, as programs meet them outside of tests.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{
    ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use kube::Api;
use kube::api::{ObjectMeta, PostParams};

use super::kubeconfig;
use super::plane::ControlPlane;

/// Somebody whom the API server knows; without rights until they are granted.
#[derive(Clone, Debug)]
pub struct Identity {
    subject: Subject,
    kubeconfig: PathBuf,
    token: Option<String>,
}

impl Identity {
    /// The kubeconfig to act as this user.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The token of a service account.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A client that acts as this user.
    pub async fn client(&self) -> Result<kube::Client> {
        kubeconfig::client(&self.kubeconfig).await
    }
}

impl ControlPlane {
    /// A user known by a client certificate.
    pub fn user(&self, name: &str) -> Result<Identity> {
        let kubeconfig = kubeconfig::for_user(self.workspace(), self.api_port()?, name, name, None)?;
        Ok(Identity {
            subject: subject("User", name, None),
            kubeconfig,
            token: None,
        })
    }

    /// A new ServiceAccount with a token that is good for an hour.
    pub async fn service_account(&self, namespace: &str, name: &str) -> Result<Identity> {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.connect().await?, namespace);
        let account = ServiceAccount {
            metadata: named(name),
            ..ServiceAccount::default()
        };
        accounts
            .create(&PostParams::default(), &account)
            .await
            .with_context(|| format!("failed to create ServiceAccount/{name} in namespace {namespace}"))?;
        let wish = TokenRequest {
            spec: Some(TokenRequestSpec::default()),
            ..TokenRequest::default()
        };
        let granted = accounts
            .create_token_request(name, &PostParams::default(), &wish)
            .await
            .with_context(|| {
                format!("failed to get a token of ServiceAccount/{name} in namespace {namespace}")
            })?;
        let token = granted.status.and_then(|status| status.token);
        let token = token.context("a token request came back without a token")?;
        let kubeconfig = self.workspace().kubeconfig(&format!("{namespace}-{name}"));
        kubeconfig::for_token(self.kubeconfig(), &kubeconfig, &token)?;
        let subject = subject("ServiceAccount", name, Some(namespace));
        Ok(Identity {
            subject,
            kubeconfig,
            token: Some(token),
        })
    }

    /// Grants `rules` within `namespace`, or in the whole cluster when there is none.
    pub async fn grant(&self, to: &Identity, namespace: Option<&str>, rules: Vec<PolicyRule>) -> Result<()> {
        let client = self.connect().await?;
        let name = Self::unique_name("test");
        let subjects = Some(vec![to.subject.clone()]);
        let create = PostParams::default();
        let (metadata, role_ref) = (named(&name), |kind: &str| role_ref(kind, &name));
        if let Some(namespace) = namespace {
            let role = Role {
                metadata: metadata.clone(),
                rules: Some(rules),
            };
            Api::namespaced(client.clone(), namespace)
                .create(&create, &role)
                .await
                .context("failed to create a Role")?;
            let binding = RoleBinding {
                metadata,
                role_ref: role_ref("Role"),
                subjects,
            };
            let bindings: Api<RoleBinding> = Api::namespaced(client, namespace);
            bindings
                .create(&create, &binding)
                .await
                .context("failed to create a RoleBinding")?;
        } else {
            let role = ClusterRole {
                metadata: metadata.clone(),
                rules: Some(rules),
                ..ClusterRole::default()
            };
            Api::all(client.clone())
                .create(&create, &role)
                .await
                .context("failed to create a ClusterRole")?;
            let binding = ClusterRoleBinding {
                metadata,
                role_ref: role_ref("ClusterRole"),
                subjects,
            };
            let bindings: Api<ClusterRoleBinding> = Api::all(client);
            bindings
                .create(&create, &binding)
                .await
                .context("failed to create a ClusterRoleBinding")?;
        }
        Ok(())
    }
}

/// A rule of RBAC in one line: `rule("apps", "deployments", &["get", "list"])`.
pub fn rule(group: &str, resource: &str, verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(vec![resource.to_owned()]),
        verbs: verbs.iter().map(ToString::to_string).collect(),
        ..PolicyRule::default()
    }
}

fn named(name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        ..ObjectMeta::default()
    }
}

fn role_ref(kind: &str, name: &str) -> RoleRef {
    RoleRef {
        api_group: Some("rbac.authorization.k8s.io".to_owned()),
        kind: kind.to_owned(),
        name: name.to_owned(),
    }
}

fn subject(kind: &str, name: &str, namespace: Option<&str>) -> Subject {
    let api_group = (kind == "User").then(|| "rbac.authorization.k8s.io".to_owned());
    Subject {
        api_group,
        kind: kind.to_owned(),
        name: name.to_owned(),
        namespace: namespace.map(ToOwned::to_owned),
    }
}
