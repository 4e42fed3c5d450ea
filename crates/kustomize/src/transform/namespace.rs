use std::collections::HashMap;

use super::Transform;
use crate::{
    context::Cx,
    error::{Context as _, Error, Result, fail},
    fieldspec::{Creation, FieldSpec, visit},
    id::IdKey,
    node::{Access as _, Kind, Node, elements_of, expect},
    resmap::ResMap,
    resource::Resource,
};

const SUBJECTS: &str = "subjects";

/// Which subjects of role bindings follow the namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subjects {
    #[default]
    NamedDefault,
    AllServiceAccounts,
    None,
}

/// Moves objects into a namespace.
#[derive(Clone, Debug, Default)]
pub(crate) struct Namespace {
    pub(crate) name: String,
    pub(crate) fields: Vec<FieldSpec>,
    /// Only where none is set.
    pub(crate) unset_only: bool,
    pub(crate) subjects: Subjects,
}

impl Subjects {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        match text {
            "" | "defaultOnly" => Ok(Self::NamedDefault),
            "allServiceAccounts" => Ok(Self::AllServiceAccounts),
            "none" => Ok(Self::None),
            _ => fail!(
                "invalid value {text:?} for setRoleBindingSubjects: must be one of {:?}, {:?} or {:?}",
                "defaultOnly",
                "none",
                "allServiceAccounts"
            ),
        }
    }
}

impl Transform for Namespace {
    fn transform(&self, map: &mut ResMap, cx: &Cx<'_>) -> Result<()> {
        if self.name.is_empty() {
            return Ok(());
        }
        let mut count: HashMap<IdKey, usize> = HashMap::new();
        for resource in map.list() {
            *count.entry(resource.id(&cx.schemas).key()).or_default() += 1;
        }
        for index in 0..map.list().len() {
            let resource = &mut map.list_mut()[index];
            if resource.node.is_null_or_empty() || resource.state.helm_generated {
                continue;
            }
            if let Some(count) = count.get_mut(&resource.id(&cx.schemas).key()) {
                *count -= 1;
            }
            resource.remember_id(&cx.schemas);
            self.apply(&mut resource.node, cx)?;
            let now = count.entry(resource.id(&cx.schemas).key()).or_default();
            *now += 1;
            if *now != 1 {
                return Err(conflict(map, index, cx));
            }
        }
        Ok(())
    }
}

fn conflict(map: &ResMap, index: usize, cx: &Cx<'_>) -> Error {
    let id = map.list()[index].id(&cx.schemas);
    let matches: Vec<String> = map
        .list()
        .iter()
        .filter(|resource| resource.id(&cx.schemas).same_object(&id))
        .map(Resource::json)
        .collect();
    Error::new(format!(
        "namespace transformation produces ID conflict: [{}]",
        matches.join(" ")
    ))
}

/// Sets the namespace of one object as `namespace` of a kustomization does, without any fields of tables.
pub(crate) fn set_namespace(node: &mut Node, namespace: &str, cx: &Cx<'_>) -> Result<()> {
    let transformer = Namespace {
        name: namespace.to_owned(),
        ..Namespace::default()
    };
    transformer.apply(node, cx)
}

impl Namespace {
    fn apply(&self, node: &mut Node, cx: &Cx<'_>) -> Result<()> {
        let text = |field| node.get(field).map_or("", |value| value.text());
        let (api_version, kind) = (text("apiVersion"), text("kind"));
        let is_core = api_version == "v1";
        let is_binding = matches!(kind, "RoleBinding" | "ClusterRoleBinding");
        if !cx.schemas.is_cluster_scoped(api_version, kind) {
            let spec = FieldSpec::everywhere("metadata/namespace");
            visit(node, &spec, Creation::As(Kind::Scalar), &mut |field| {
                self.set(field)
            })?;
        }
        if is_binding {
            self.set_subjects(node)?;
        }
        for spec in &self.fields {
            let is_done = spec.path == "metadata/namespace"
                || (spec.path == "metadata/name" && !is_core)
                || (is_binding
                    && matches!(&*spec.kind, "RoleBinding" | "ClusterRoleBinding")
                    && spec.path == "subjects/namespace");
            if !is_done {
                self.set_field(node, spec)?;
            }
        }
        Ok(())
    }

    fn set_field(&self, node: &mut Node, spec: &FieldSpec) -> Result<()> {
        let mut is_no_scalar = false;
        let done = visit(node, spec, Creation::As(Kind::Scalar), &mut |field| {
            is_no_scalar = field.kind() != Kind::Scalar;
            self.set(field)
        });
        done.context(|| {
            if is_no_scalar {
                "namespace field specs must target scalar nodes".into()
            } else {
                "namespace transformation failed".into()
            }
        })
    }

    fn set(&self, field: &mut Node) -> Result<()> {
        if self.unset_only && !field.value_text().is_empty() {
            return Ok(());
        }
        expect(field, Kind::Scalar)?;
        *field = Node::string(self.name.clone());
        Ok(())
    }

    fn set_subjects(&self, binding: &mut Node) -> Result<()> {
        let (field, wanted, asked) = match self.subjects {
            Subjects::None => return Ok(()),
            Subjects::NamedDefault => ("name", "default", "name"),
            Subjects::AllServiceAccounts => ("kind", "ServiceAccount", "kind"),
        };
        let Some(subjects) = binding.get_mut(SUBJECTS).filter(|subjects| !subjects.is_null()) else {
            return Ok(());
        };
        let context = || "setting namespace on (cluster)role binding subjects".to_owned();
        elements_of(subjects).context(context)?;
        let Node::Sequence(subjects) = subjects else {
            return Ok(());
        };
        for subject in subjects {
            expect(subject, Kind::Mapping)
                .context(|| format!("looking up {asked} on (cluster)role binding subject"))
                .context(context)?;
            if subject
                .get(field)
                .is_some_and(|value| value.value_text() == wanted)
            {
                if subject.get("namespace").is_none() {
                    subject.set("namespace", Node::empty(Kind::Scalar));
                }
                if let Some(namespace) = subject.get_mut("namespace") {
                    self.set(namespace).context(context)?;
                }
            }
        }
        Ok(())
    }
}
