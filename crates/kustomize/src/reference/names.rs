use std::cell::OnceCell;

use super::referral::{Catalogue, Query, REFERRER, Referrer, yaml_of};
use crate::{
    context::Cx,
    error::{Context as _, Error, Result, fail},
    fieldspec::{Creation, FieldSpec, Reference, Tables, visit_path},
    id::Gvk,
    node::{Access as _, Kind, Node, split},
    resmap::ResMap,
    resource::Resource,
};

/// Writes the present names of renamed objects wherever their earlier names stand.
pub(crate) fn update_names(map: &mut ResMap, tables: &Tables, cx: &Cx<'_>) -> Result<()> {
    // without renamed objects there is nothing to do, but role bindings are looked at in any case
    let is_idle =
        |resource: &Resource| resource.state.previous.is_empty() && resource.kind() != "RoleBinding";
    if map.list().iter().all(is_idle) {
        return Ok(());
    }
    let catalogue = Catalogue::new(map, &cx.schemas);
    let targets: Vec<Gvk> = tables.name_reference.iter().map(Reference::target).collect();
    let fields = fields(tables, &targets);
    for index in 0..map.list().len() {
        let resource = &map.list()[index];
        let original = resource.original_id(&cx.schemas).gvk;
        let mut referrer = None;
        for field in &fields {
            let selects = field
                .spec
                .selects(&original.group, &original.version, &original.kind);
            if !selects || map.list()[index].node.get(&field.path()[0]).is_none() {
                continue;
            }
            let referrer = match &referrer {
                Some(referrer) => referrer,
                None => referrer.insert(Referrer::new(&map.list()[index], &cx.schemas)?),
            };
            update_field(map, index, field, &catalogue, referrer)?;
        }
    }
    Ok(())
}

struct Field<'a> {
    target: &'a Gvk,
    spec: &'a FieldSpec,
    path: OnceCell<Vec<String>>,
}

impl Field<'_> {
    /// Most fields are of kinds that are not there, and their paths are never split.
    fn path(&self) -> &[String] {
        self.path.get_or_init(|| split(&self.spec.path, '/'))
    }
}

fn fields<'a>(tables: &'a Tables, targets: &'a [Gvk]) -> Vec<Field<'a>> {
    let references = tables.name_reference.iter().zip(targets);
    references
        .flat_map(|(reference, target)| {
            reference.referrers.iter().map(move |spec| Field {
                target,
                spec,
                path: OnceCell::new(),
            })
        })
        .collect()
}

fn update_field(
    map: &mut ResMap,
    index: usize,
    field: &Field<'_>,
    catalogue: &Catalogue,
    referrer: &Referrer,
) -> Result<()> {
    let path = &field.spec.path;
    // the object is taken out while it is changed, so that the others can be looked at
    let mut node = std::mem::replace(&mut map.list_mut_same_ids()[index].node, Node::null());
    let query = Query {
        catalogue,
        map,
        referrer,
        target: field.target,
        is_role: path.ends_with("roleRef/name"),
    };
    let done = visit_path(
        &mut node,
        field.spec,
        field.path(),
        Creation::Never,
        &mut |place| update(place, &query),
    );
    let resource = &mut map.list_mut_same_ids()[index];
    resource.node = node;
    done.context(|| format!("updating name reference in '{path}' field of '{}'", referrer.id))
        .map_err(|error| {
            let message = error.to_string().replace(REFERRER, &yaml_of(resource));
            let outline = error.without_contents().to_string();
            Error::quoting(message, outline.replace(REFERRER, &referrer.id.to_string()))
        })
}

fn update(place: &mut Node, query: &Query<'_>) -> Result<()> {
    if place.is_null() {
        return Ok(());
    }
    match place {
        Node::Scalar(_) => update_scalar(place, query),
        Node::Mapping(_) => update_map(place, query),
        Node::Sequence(items) => items.iter_mut().try_for_each(|item| match item.kind() {
            _ if item.is_null() => Ok(()),
            Kind::Scalar => update_scalar(item, query),
            Kind::Mapping => update_map(item, query),
            Kind::Sequence => fail!("a list is expected to be either a string or a map of string"),
        }),
    }
}

fn update_scalar(place: &mut Node, query: &Query<'_>) -> Result<()> {
    if let Some(referral) = query.find(place.text(), None, false)?
        && referral.name != place.text()
    {
        place.set_text(referral.name.clone());
    }
    Ok(())
}

/// Name and namespace change together.
fn update_map(place: &mut Node, query: &Query<'_>) -> Result<()> {
    let Some(name) = place.get("name") else {
        fail!("path config error; no 'name' field in node");
    };
    let namespace = place.get("namespace").map(Node::text);
    let Some(referral) = query.find(name.text(), namespace, true)? else {
        return Ok(());
    };
    if referral.name == name.text() && referral.namespace.is_empty() {
        return Ok(());
    }
    place.set("name", Node::string(referral.name.clone()));
    if !referral.namespace.is_empty() {
        place.set("namespace", Node::string(referral.namespace.clone()));
    }
    Ok(())
}
