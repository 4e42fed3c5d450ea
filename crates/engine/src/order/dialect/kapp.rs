//! kapp: change groups and the rules among them.

use manifest::Object;

use super::Expected;
use crate::order::subject::Subject;

pub(in crate::order) const CHANGE_GROUP: &str = "kapp.k14s.io/change-group";
pub(in crate::order) const CHANGE_RULE: &str = "kapp.k14s.io/change-rule";
const BUILT_IN: &str = "change-groups.kapp.k14s.io/";

/// What is done, to the object itself or to the members of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::order) enum Change {
    Upsert,
    Delete,
}

/// On which side of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::order) enum Side {
    Before,
    After,
}

/// `upsert after upserting apps.example.com/database`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::order) struct Rule {
    pub(in crate::order) annotation: String,
    pub(in crate::order) text: String,
    pub(in crate::order) own: Change,
    pub(in crate::order) side: Side,
    pub(in crate::order) theirs: Change,
    pub(in crate::order) group: String,
}

/// Whether an annotation is `base` or `base.<anything>`.
pub(in crate::order) fn is_suffixed(name: &str, base: &str) -> bool {
    name.strip_prefix(base)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The group that an annotation puts its object in.
pub(in crate::order) fn group(value: &str, object: &Object) -> Result<String, Expected> {
    let expected = "the name of a change group, placeholders in braces";
    let name = filled_in(value.trim(), object).filter(|name| is_group(name));
    name.ok_or(Expected(expected))
}

/// The rule that an annotation states.
pub(in crate::order) fn rule(annotation: &str, value: &str, object: &Object) -> Result<Rule, Expected> {
    let expected = "(upsert|delete) (before|after) (upserting|deleting) <group>";
    parse_rule(annotation, value, object).ok_or(Expected(expected))
}

fn parse_rule(annotation: &str, value: &str, object: &Object) -> Option<Rule> {
    let words: Vec<_> = value.split_whitespace().collect();
    let [own, side, theirs, group] = words[..] else {
        return None;
    };
    Some(Rule {
        annotation: annotation.to_owned(),
        text: words.join(" "),
        own: match own {
            "upsert" => Change::Upsert,
            "delete" => Change::Delete,
            _ => return None,
        },
        side: match side {
            "before" => Side::Before,
            "after" => Side::After,
            _ => return None,
        },
        theirs: match theirs {
            "upserting" => Change::Upsert,
            "deleting" => Change::Delete,
            _ => return None,
        },
        group: filled_in(group, object).filter(|name| is_group(name))?,
    })
}

fn is_group(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    !name.is_empty() && name.chars().all(legal)
}

/// Fills in `{name}`, `{namespace}`, `{kind}`, `{api-group}`, `{crd-kind}` and `{crd-group}`.
fn filled_in(template: &str, object: &Object) -> Option<String> {
    let subject = Subject::of(object);
    let defined = || subject.defines();
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (placeholder, after) = after.split_once('}')?;
        let value = match placeholder {
            "name" => subject.name,
            "namespace" => subject.namespace,
            "kind" => subject.kind,
            "api-group" => subject.group,
            "crd-group" => defined()?.0,
            "crd-kind" => defined()?.1?,
            _ => return None,
        };
        if value.is_empty() {
            return None;
        }
        text.push_str(before);
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// Whether a group is one of kapp's own, whose members are known by kind.
pub(in crate::order) fn is_built_in(group: &str) -> bool {
    group.starts_with(BUILT_IN)
}

/// Whether kapp counts an object among a group of its own.
pub(in crate::order) fn is_built_in_member(group: &str, subject: &Subject<'_>) -> bool {
    let Some(group) = group.strip_prefix(BUILT_IN) else {
        return false;
    };
    let one_of = |kinds: &[&str]| kinds.contains(&subject.kind);
    let rbac = subject.group == "rbac.authorization.k8s.io";
    match group {
        "crds" => subject.is_definition(),
        "namespaces" => subject.is("", "Namespace"),
        "storage-class" => subject.is("storage.k8s.io", "StorageClass"),
        "storage" => subject.group.is_empty() && one_of(&["PersistentVolume", "PersistentVolumeClaim"]),
        "rbac-roles" => rbac && one_of(&["ClusterRole", "Role"]),
        "rbac-role-bindings" => rbac && one_of(&["ClusterRoleBinding", "RoleBinding"]),
        "rbac" => rbac,
        "serviceaccount" => subject.is("", "ServiceAccount"),
        "pod-related" => is_pod_related(subject),
        _ => {
            let defines = |kind: &str| {
                subject.defines().is_some_and(|(group, defined)| {
                    defined.is_some_and(|defined| {
                        kind.strip_suffix(defined)
                            .is_some_and(|g| g.strip_suffix('-') == Some(group))
                    })
                })
            };
            group
                .strip_prefix("namespaces-")
                .is_some_and(|name| subject.is("", "Namespace") && subject.name == name)
                || group.strip_prefix("crds-").is_some_and(defines)
        }
    }
}

fn is_pod_related(subject: &Subject<'_>) -> bool {
    matches!(
        (subject.group, subject.kind),
        (
            "",
            "ResourceQuota" | "LimitRange" | "ServiceAccount" | "Secret" | "ConfigMap"
        ) | ("networking.k8s.io" | "extensions", "NetworkPolicy")
            | (
                "policy" | "extensions",
                "PodSecurityPolicy" | "PodDisruptionBudget"
            )
            | ("scheduling.k8s.io", "PriorityClass")
            | ("node.k8s.io", "RuntimeClass")
    )
}
