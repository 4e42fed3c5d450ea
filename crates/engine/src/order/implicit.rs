//! Order that follows from what objects are and name, without a word from their authors.

use std::collections::HashMap;

use serde_json::Value;

use super::builder::Builder;
use super::graph::{Barrier, NodeId, Reason, Until};
use super::references;
use super::subject::Subject;

type ByKind<'a> = HashMap<(&'a str, Option<&'a str>), NodeId>;

impl<'a> Builder<'a> {
    pub(super) fn add_implicit_edges(&mut self) {
        let definitions = self.definitions();
        let services = self.api_services();
        let grants = self.grants();
        let mut references = Vec::new();
        for node in self.node_ids() {
            let subject = self.subject(node);
            if !subject.namespace.is_empty() {
                let namespace = ("", "Namespace", "", subject.namespace);
                self.needs_key(node, namespace, Until::Applied, &Reason::Namespace);
            }
            let by_kind = definitions.get(&(subject.group, Some(subject.kind)));
            if let Some(&definition) = by_kind.or_else(|| definitions.get(&(subject.group, None))) {
                self.needs(node, definition, Until::Ready, Reason::Definition);
            }
            for &service in services.get(subject.group).into_iter().flatten() {
                self.needs(node, service, Until::Ready, Reason::ApiService);
            }
            if let Some(account) = references::service_account(&subject)
                && let Some(&barrier) = grants.get(&(subject.namespace, account))
            {
                self.prefers(node, barrier, Until::Settled, Reason::Rights);
            }
            references::collect(&subject, &mut references);
            for reference in references.drain(..) {
                self.prefers_key(node, reference.to, reference.until, &reference.reason);
            }
        }
    }

    /// Definitions of custom resources, by the group and kind that they define.
    pub(super) fn definitions(&self) -> ByKind<'a> {
        let nodes = self
            .node_ids()
            .filter_map(|node| Some((self.subject(node).defines()?, node)));
        nodes.collect()
    }

    /// API services by their group.
    fn api_services(&self) -> HashMap<&'a str, Vec<NodeId>> {
        let mut services: HashMap<_, Vec<_>> = HashMap::new();
        for node in self.node_ids() {
            if let Some(group) = registered_group(&self.subject(node)) {
                services.entry(group).or_default().push(node);
            }
        }
        services
    }

    /// For each service account that role bindings of the set name: the barrier behind those bindings.
    fn grants(&mut self) -> HashMap<(&'a str, &'a str), NodeId> {
        let mut grants = HashMap::new();
        for node in self.node_ids() {
            let subject = self.subject(node);
            for account in bound_accounts(&subject) {
                let (namespace, name) = account;
                let barrier = *grants.entry(account).or_insert_with(|| {
                    self.add_barrier(Barrier::Grants(service_account_key(namespace, name)))
                });
                self.prefers(barrier, node, Until::Settled, Reason::Rights);
            }
        }
        grants
    }
}

fn service_account_key(namespace: &str, name: &str) -> manifest::ResourceKey {
    manifest::ResourceKey::new("", "ServiceAccount", namespace, name)
}

/// The group that an APIService registers; known from its name (`<version>.<group>`) when the spec is not.
fn registered_group<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    if !subject.is("apiregistration.k8s.io", "APIService") {
        return None;
    }
    let from_spec = subject.spec().and_then(|spec| spec.get("group")?.as_str());
    from_spec
        .or_else(|| subject.name.split_once('.').map(|(_, group)| group))
        .filter(|group| !group.is_empty())
}

/// Namespace and name of the service accounts that a role binding names.
fn bound_accounts<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    let is_binding = subject.group == "rbac.authorization.k8s.io" && subject.kind.ends_with("Binding");
    let subjects = subject
        .object
        .filter(|_| is_binding)
        .and_then(|object| object.value().get("subjects"));
    let namespace = subject.namespace;
    subjects
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(move |account| {
            let text = |field: &str| account.get(field).and_then(Value::as_str);
            (text("kind") == Some("ServiceAccount")).then_some(())?;
            Some((text("namespace").unwrap_or(namespace), text("name")?))
        })
}
