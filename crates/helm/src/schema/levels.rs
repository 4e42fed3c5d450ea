//! The levels of `allOf`, `anyOf` and `oneOf` that the validator leaves out where a single branch fails.

use boon::{ErrorKind, ValidationError};

/// A level between an error and the one that it is a reason for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Level {
    /// Its words.
    pub words: &'static str,
    /// Where it is in the values.
    pub place: String,
}

/// Errors of one branch that the validator has moved up to the schema with the branch.
pub(super) struct Group<'u> {
    /// The schema that all of them are errors of.
    pub base: &'u str,
    /// The levels above them.
    pub levels: Vec<Level>,
    /// Where the schema holds in the values.
    pub place: String,
}

/// The group that the reasons of an error are, if they are one.
pub(super) fn group<'u>(error: &'u ValidationError<'_, '_>) -> Option<Group<'u>> {
    let [first, others @ ..] = &error.causes[..] else {
        return None;
    };
    let above_all = base(error, first);
    if others.is_empty()
        || matches!(
            error.kind,
            ErrorKind::AllOf | ErrorKind::AnyOf | ErrorKind::OneOf(_)
        )
    {
        return None;
    }
    let first_way = first.schema_url.strip_prefix(above_all)?;
    let mut shared = first_way;
    for other in others {
        let way = other.schema_url.strip_prefix(above_all)?;
        while !(way.strip_prefix(shared)).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            shared = shared.rsplit_once('/')?.0;
        }
    }
    // the way ends at a schema, not between a keyword and a name
    while steps(shared).is_none() {
        shared = shared.rsplit_once('/')?.0;
    }
    let inwards =
        |way| steps(way).map(|steps| steps.iter().filter(|step| matches!(step, Step::Inwards)).count());
    let below = inwards(first_way)? - inwards(shared)?;
    let place = first.instance_location.to_string();
    let place = above(&place, below).to_owned();
    let levels = levels_on(shared, &place);
    (!levels.is_empty()).then(|| Group {
        base: &first.schema_url[..above_all.len() + shared.len()],
        levels,
        place,
    })
}

/// The levels on the way from the schema at `base` down to that of an error.
pub(super) fn left_out(base: &str, error: &ValidationError<'_, '_>) -> Vec<Level> {
    error.schema_url.strip_prefix(base).map_or_else(Vec::new, |way| {
        levels_on(way, &error.instance_location.to_string())
    })
}

/// The levels of a way that ends at a place.
fn levels_on(way: &str, place: &str) -> Vec<Level> {
    let Some(steps) = steps(way) else {
        return Vec::new();
    };
    let mut below = steps.iter().filter(|step| matches!(step, Step::Inwards)).count();
    let mut levels = Vec::new();
    for step in steps {
        match step {
            Step::Inwards => below -= 1,
            Step::Branch(words) => levels.push(Level {
                words,
                place: above(place, below).to_owned(),
            }),
            Step::Aside => {}
        }
    }
    levels
}

/// Where the ways of an error's causes start.
pub(super) fn base<'u>(error: &'u ValidationError<'_, '_>, cause: &'u ValidationError<'_, '_>) -> &'u str {
    match error.kind {
        ErrorKind::Reference { url, .. } | ErrorKind::Schema { url } => url,
        // the branch itself is shown already
        ErrorKind::AllOf | ErrorKind::AnyOf | ErrorKind::OneOf(_) => {
            let start = error.schema_url.len();
            let way = cause.schema_url.get(start..).unwrap_or_default();
            let end = way.match_indices('/').nth(2).map_or(way.len(), |(at, _)| at);
            cause.schema_url.get(..start + end).unwrap_or(cause.schema_url)
        }
        _ => error.schema_url,
    }
}

/// A keyword on the way from a schema to one within it.
enum Step {
    /// A branch, which has a level of its own.
    Branch(&'static str),
    /// To a schema of what the value holds.
    Inwards,
    /// To another schema of the same value.
    Aside,
}

/// Takes a way apart; none if it leads through something else than schemas.
fn steps(way: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut parts = way.split(['/', '#']).filter(|part| !part.is_empty()).peekable();
    while let Some(keyword) = parts.next() {
        let (step, is_named) = match keyword {
            "allOf" => (Step::Branch("'allOf' failed"), true),
            "anyOf" => (Step::Branch("'anyOf' failed"), true),
            "oneOf" => (Step::Branch("'oneOf' failed, none matched"), true),
            "properties" | "patternProperties" | "prefixItems" => (Step::Inwards, true),
            "items" => (Step::Inwards, parts.peek().is_some_and(|part| is_number(part))),
            "additionalProperties"
            | "unevaluatedProperties"
            | "additionalItems"
            | "unevaluatedItems"
            | "contains" => (Step::Inwards, false),
            "dependentSchemas" | "dependencies" => (Step::Aside, true),
            "propertyNames" | "contentSchema" | "if" | "then" | "else" | "not" => (Step::Aside, false),
            _ => return None,
        };
        if is_named {
            parts.next()?;
        }
        steps.push(step);
    }
    Some(steps)
}

fn is_number(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit())
}

/// A place without its last parts.
fn above(place: &str, parts: usize) -> &str {
    (0..parts).fold(place, |place, _| {
        place.rsplit_once('/').map_or("", |(above, _)| above)
    })
}
