use yaml::Reader;

use super::{matcher::Matcher, source::DEFAULT_FIELD, structured};
use crate::{
    context::Cx,
    error::{Context as _, Error, Result, fail},
    goquote::quote,
    id::ResId,
    kustomization::{FieldOptions, ReplacementTarget, Selector},
    node::{Access as _, Kind, Node, Scalar, Tag, split_smart},
    resmap::{LabelSelector, ResMap, SelectorRegex},
    resource::Resource,
};

/// Copies the value into the fields of all objects that the target selects.
pub(super) fn apply(map: &mut ResMap, value: &Node, target: &ReplacementTarget, cx: &Cx<'_>) -> Result<()> {
    let Some(select) = &target.select else {
        fail!("target must specify resources to select");
    };
    let choice = |selector| Choice::new(selector).context(|| "error creating target selector".into());
    let select = choice(select).under("select")?;
    let reject = target
        .reject
        .iter()
        .enumerate()
        .filter_map(|(index, selector)| Some(choice(selector.as_ref()?).under(index).under("reject")))
        .collect::<Result<Vec<_>>>()?;
    let default = [DEFAULT_FIELD.to_owned()];
    let paths = if target.field_paths.is_empty() {
        &default[..]
    } else {
        &target.field_paths
    };
    for resource in map.list_mut() {
        let ids = resource.all_ids(&cx.schemas);
        if select.chooses(resource, &ids) && !reject.iter().any(|reject| reject.rejects(resource, &ids)) {
            for (index, path) in paths.iter().enumerate() {
                copy(&mut resource.node, value, path, target.options.as_ref())
                    .under(index)
                    .under("fieldPaths")?;
            }
        }
    }
    Ok(())
}

struct Choice {
    regex: SelectorRegex,
    labels: LabelSelector,
    annotations: LabelSelector,
    every_id: bool,
    everything_written: bool,
}

impl Choice {
    fn new(selector: &Selector) -> Result<Self> {
        Ok(Self {
            regex: SelectorRegex::new(selector)?,
            labels: LabelSelector::of_labels(selector)?,
            annotations: LabelSelector::of_annotations(selector)?,
            every_id: selector.selects_every_id(),
            everything_written: selector.label_selector.is_empty() && selector.annotation_selector.is_empty(),
        })
    }

    fn chooses(&self, resource: &Resource, ids: &[ResId]) -> bool {
        self.fits_any_id(ids) && (self.everything_written || self.fits_what_is_written(resource))
    }

    fn rejects(&self, resource: &Resource, ids: &[ResId]) -> bool {
        (!self.every_id && self.fits_any_id(ids))
            || (!self.everything_written && self.fits_what_is_written(resource))
    }

    fn fits_any_id(&self, ids: &[ResId]) -> bool {
        ids.iter().any(|id| {
            self.regex.matches_gvk(&id.gvk)
                && self.regex.name.matches(&id.name)
                && self.regex.namespace.matches(&id.namespace)
        })
    }

    fn fits_what_is_written(&self, resource: &Resource) -> bool {
        self.annotations.matches(&resource.strings("annotations"))
            && self.labels.matches(&resource.strings("labels"))
    }
}

fn copy(object: &mut Node, value: &Node, path: &str, options: Option<&FieldOptions>) -> Result<()> {
    let create = options.filter(|options| options.create).map(|_| value.kind());
    let parts = split_smart(path, '.');
    if structured::set(object, &parts, value, options, create).is_ok() {
        return Ok(());
    }
    let what = if create.is_some() {
        "find or create"
    } else {
        "find"
    };
    let problem = format!("unable to {what} field {} in replacement target", quote(path));
    let mut failed = None;
    let mut matcher = Matcher {
        create,
        found: &mut |field, made| {
            let done = set(field, value, options, made);
            failed = done.as_ref().err().cloned();
            done
        },
    };
    let count = matcher.visit(object, &parts);
    match (count, failed) {
        (_, Some(error)) => Err(error),
        (Err(error), None) => Err(error.within(problem)),
        (Ok(0), None) => fail!("{problem}"),
        (Ok(_), None) => Ok(()),
    }
}

/// Copies the value into one field: of a scalar only the text, of anything else the whole.
pub(super) fn set(field: &mut Node, value: &Node, options: Option<&FieldOptions>, made: bool) -> Result<()> {
    let mut value = value.clone();
    if let Some(options) = options.filter(|options| !options.delimiter.is_empty()) {
        if field.kind() != Kind::Scalar {
            fail!("delimiter option can only be used with scalar nodes");
        }
        let joined = join(field.text(), value.value_text(), options);
        value.set_text(joined);
    }
    match field {
        Node::Scalar(_) if made => *field = Node::plain(value.text()),
        Node::Scalar(scalar) => *scalar = retexted(scalar, value.text())?,
        _ => *field = value,
    }
    Ok(())
}

fn join(text: &str, value: &str, options: &FieldOptions) -> String {
    let mut parts: Vec<&str> = text.split(&*options.delimiter).collect();
    match usize::try_from(options.index) {
        Err(_) => parts.insert(0, value),
        Ok(index) if index < parts.len() => parts[index] = value,
        Ok(_) => parts.push(value),
    }
    parts.join(&options.delimiter)
}

/// The scalar with another text; it stays what it was, so the text must fit.
fn retexted(scalar: &Scalar, text: &str) -> Result<Scalar> {
    let found = yaml::resolve(text, Reader::V3);
    let fits = match scalar.tag {
        Tag::Str => true,
        Tag::Float => matches!(found, Tag::Float | Tag::Int),
        tag => tag == found,
    };
    if !fits {
        let (found, wanted) = (tag_text(found), tag_text(scalar.tag));
        return Err(Error::quoting(
            format!("map[string]interface {{}}(nil): yaml: cannot decode {found} `{text}` as a {wanted}"),
            format!("cannot decode {found} as a {wanted}"),
        ));
    }
    Ok(Scalar {
        text: text.to_owned(),
        tag: scalar.tag,
    })
}

fn tag_text(tag: Tag) -> &'static str {
    match tag {
        Tag::Null => "!!null",
        Tag::Bool => "!!bool",
        Tag::Int => "!!int",
        Tag::Float => "!!float",
        Tag::Timestamp => "!!timestamp",
        Tag::Str => "!!str",
    }
}
