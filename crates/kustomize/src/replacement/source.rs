use crate::{
    context::Cx,
    error::{Context as _, Error, Result, fail},
    kustomization::{FieldOptions, Replacement, ReplacementSource},
    node::{Access as _, Kind, Node, lookup, split_smart},
    resmap::ResMap,
    resource::Resource,
};

pub(super) const DEFAULT_FIELD: &str = "metadata.name";

/// The value that a replacement copies.
pub(super) fn value(map: &ResMap, replacement: &Replacement, cx: &Cx<'_>) -> Result<Node> {
    let source = match (&replacement.source, &replacement.source_value) {
        (Some(_), Some(_)) => fail!("value and resource selectors are mutually exclusive"),
        (None, value) => return Ok(Node::plain(value.clone().unwrap_or_default())),
        (Some(source), None) => source,
    };
    selected(map, source, cx).under("source")
}

fn selected(map: &ResMap, source: &ReplacementSource, cx: &Cx<'_>) -> Result<Node> {
    let object = find(map, source, cx)?;
    let field_path = if source.field_path.is_empty() {
        DEFAULT_FIELD
    } else {
        &source.field_path
    };
    let found = lookup(&object.node, &split_smart(field_path, '.'))
        .context(|| "error looking up replacement source".into())
        .under("fieldPath")?;
    match found {
        Some(value) if !value.is_null_or_empty() => refine(value, source.options.as_ref()).under("options"),
        _ => {
            let problem = format!(
                "fieldPath `{field_path}` is missing for replacement source {}",
                source.id()
            );
            Err(Error::new(problem).under("fieldPath"))
        }
    }
}

fn find<'a>(map: &'a ResMap, source: &ReplacementSource, cx: &Cx<'_>) -> Result<&'a Resource> {
    let wanted = source.id();
    let mut matches = map.list().iter().filter(|resource| {
        resource
            .all_ids(&cx.schemas)
            .iter()
            .any(|id| id.is_selected_by(&wanted))
    });
    match (matches.next(), matches.next()) {
        (None, _) => fail!("nothing selected by {}", text(source)),
        (Some(_), Some(_)) => fail!("multiple matches for selector {}", text(source)),
        (Some(object), None) => Ok(object),
    }
}

fn refine(value: &Node, options: Option<&FieldOptions>) -> Result<Node> {
    let Some(options) = options.filter(|options| !options.delimiter.is_empty()) else {
        return Ok(value.clone());
    };
    if value.kind() != Kind::Scalar {
        fail!("delimiter option can only be used with scalar nodes");
    }
    let part = usize::try_from(options.index)
        .ok()
        .and_then(|index| value.text().split(&*options.delimiter).nth(index));
    let Some(part) = part else {
        let outline = format!("options.index {} is out of bounds for value", options.index);
        return Err(Error::quoting(format!("{outline} {}", value.text()), outline));
    };
    let mut refined = value.clone();
    refined.set_text(part);
    Ok(refined)
}

fn text(source: &ReplacementSource) -> String {
    let mut parts = vec![source.id().to_string()];
    if !source.field_path.is_empty() {
        parts.push(source.field_path.clone());
    }
    if let Some(options) = &source.options
        && (!options.delimiter.is_empty() || options.create)
    {
        parts.push(format!(
            "{}({}), create={}",
            options.delimiter, options.index, options.create
        ));
    }
    parts.join(":")
}
