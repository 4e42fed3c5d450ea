use std::collections::{BTreeMap, BTreeSet};

use super::expand::{VarValue, expand};
use crate::{
    context::Cx,
    error::{Context as _, Error, Result, fail},
    fieldspec::{Creation, Tables, visit},
    id::ResId,
    kustomization::Var,
    node::{Access as _, Kind, Node, Tag, lookup, split_smart},
    place::SourceFile,
    resmap::ResMap,
};

const DEFAULT_FIELD: &str = "metadata.name";

/// The vars of a target and its bases, by name.
#[derive(Default)]
pub(crate) struct VarSet(BTreeMap<String, Declared>);

/// A var, and the file that declares it.
struct Declared {
    var: Var,
    file: SourceFile,
    /// Its place in the list there.
    index: usize,
}

impl VarSet {
    /// Adds vars, and notes in the objects which of them they give a value to.
    pub(crate) fn declare(
        &mut self,
        vars: &[Var],
        file: &SourceFile,
        map: &mut ResMap,
        cx: &Cx<'_>,
    ) -> Result<()> {
        for (index, var) in vars.iter().enumerate() {
            if let Some(object) = find(var, map, cx).under(index)? {
                map.list_mut_same_ids()[object].vars.push(var.name.clone());
            }
        }
        for (index, var) in vars.iter().enumerate() {
            let declared = Declared {
                var: var.clone(),
                file: file.clone(),
                index,
            };
            self.add(declared).under(index)?;
        }
        Ok(())
    }

    /// Adds the vars of a base.
    pub(crate) fn merge(&mut self, other: Self) -> Result<()> {
        other.0.into_values().try_for_each(|declared| self.add(declared))
    }

    fn add(&mut self, mut declared: Declared) -> Result<()> {
        let var = &mut declared.var;
        if self.0.contains_key(&var.name) {
            fail!("var '{}' already encountered", var.name);
        }
        if var.field.path.is_empty() {
            DEFAULT_FIELD.clone_into(&mut var.field.path);
        }
        self.0.insert(var.name.clone(), declared);
        Ok(())
    }
}

fn find(var: &Var, map: &mut ResMap, cx: &Cx<'_>) -> Result<Option<usize>> {
    let wanted = ResId::unscoped(var.gvk(), &var.object.name, &var.object.namespace);
    let fits = |id: &ResId| {
        if wanted.namespace.is_empty() {
            id.name == wanted.name && id.gvk == wanted.gvk
        } else {
            wanted.same_object(id)
        }
    };
    let matches: Vec<usize> = map
        .list()
        .iter()
        .enumerate()
        .filter(|(_, resource)| resource.all_ids(&cx.schemas).iter().any(fits))
        .map(|(index, _)| index)
        .collect();
    match matches[..] {
        [] => Ok(None),
        [index] => Ok(Some(index)),
        _ => fail!(
            "found {} resId matches for var {} (unable to disambiguate)",
            matches.len(),
            text(var)
        ),
    }
}

fn text(var: &Var) -> String {
    format!("{{{} {} {{{}}}}}", var.name, var.gvk(), var.field.path)
}

/// Puts the values of vars into all fields that may refer to them.
pub(crate) fn resolve_vars(map: &mut ResMap, vars: &VarSet, tables: &Tables, cx: &Cx<'_>) -> Result<()> {
    let mut values = BTreeMap::new();
    for Declared { var, file, index } in vars.0.values() {
        let value = value_of(var, map).map_err(|error| file.locate(error.under(*index).under("vars"), cx))?;
        values.insert(var.name.as_str(), value);
    }
    if values.is_empty() {
        return Ok(());
    }
    let mut used = BTreeSet::new();
    let mut value = |name: &str| {
        let value = values.get(name)?;
        used.insert(name.to_owned());
        Some(value.clone())
    };
    for resource in map.list_mut() {
        for spec in &tables.var_reference {
            visit(&mut resource.node, spec, Creation::Never, &mut |place| {
                replace(place, &mut value)
            })?;
        }
    }
    let unused: Vec<&str> = values
        .keys()
        .copied()
        .filter(|name| !used.contains(*name))
        .collect();
    if !unused.is_empty() {
        cx.warn([format!(
            "well-defined vars that were never replaced: {}",
            unused.join(",")
        )]);
    }
    Ok(())
}

fn value_of(var: &Var, map: &ResMap) -> Result<VarValue> {
    let Some(object) = map
        .list()
        .iter()
        .find(|resource| resource.vars.contains(&var.name))
    else {
        fail!(
            "var '{}' cannot be mapped to a field in the set of known resources",
            text(var)
        );
    };
    let missing = || {
        Error::new(format!(
            "field specified in var '{}' not found in corresponding resource",
            text(var)
        ))
    };
    let path = with_indices(&split_smart(&var.field.path, '.'));
    let field = lookup(&object.node, &path).ok().flatten().ok_or_else(missing)?;
    let Node::Scalar(scalar) = field else {
        return Ok(VarValue::Unfit);
    };
    Ok(match scalar.tag {
        Tag::Int => VarValue::Int(scalar.text.parse().map_err(|_| missing())?),
        Tag::Float => VarValue::Float(scalar.text.parse().map_err(|_| missing())?),
        Tag::Bool => VarValue::Bool(scalar.text.eq_ignore_ascii_case("true")),
        _ => VarValue::Text(scalar.text.clone()),
    })
}

/// `ports[0]` as two steps.
fn with_indices(path: &[String]) -> Vec<String> {
    let mut steps = Vec::new();
    for part in path {
        let index = part
            .strip_suffix(']')
            .and_then(|part| part.rsplit_once('['))
            .filter(|(_, index)| !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()));
        match index {
            Some((field, index)) => {
                if !field.is_empty() {
                    steps.push(field.to_owned());
                }
                steps.push(index.to_owned());
            }
            None => steps.push(part.clone()),
        }
    }
    steps
}

type Lookup<'a> = dyn FnMut(&str) -> Option<VarValue> + 'a;

fn replace(place: &mut Node, value: &mut Lookup<'_>) -> Result<()> {
    match place {
        Node::Scalar(_) => replace_scalar(place, value),
        Node::Mapping(entries) => {
            for (key, field) in entries {
                if key.tag != Tag::Str {
                    fail!("invalid map key: value='{}', tag='{:?}'", key.text, key.tag);
                }
                replace_scalar(field, value);
            }
        }
        Node::Sequence(items) => {
            for item in items {
                if item.kind() != Kind::Scalar || !item.is_string() {
                    fail!("invalid value type expect a string");
                }
                replace_scalar(item, value);
            }
        }
    }
    Ok(())
}

fn replace_scalar(place: &mut Node, value: &mut Lookup<'_>) {
    if !place.is_string() || !place.text().contains('$') {
        return;
    }
    *place = match expand(place.text(), value) {
        VarValue::Text(text) => Node::string(text),
        VarValue::Int(number) => Node::int(number),
        VarValue::Bool(value) => Node::bool(value),
        float => Node::plain(float.text()),
    };
}
