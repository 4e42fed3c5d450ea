use super::{ObjectPreview, RequestedChange};

/// How long the digest is that generators put at the end of a name.
const DIGEST: usize = 10;

/// Tells an object that only got another digest at the end of its name as one change instead of two.
pub(super) fn join_renamed(objects: &mut [ObjectPreview]) {
    let removed: Vec<(usize, String)> = objects
        .iter()
        .enumerate()
        .filter(|(_, object)| object.requested == RequestedChange::Removed)
        .filter_map(|(index, object)| Some((index, stem(&object.key.name)?.to_owned())))
        .collect();
    for (old, stem_of_old) in removed {
        let is_successor = |object: &ObjectPreview| {
            object.requested == RequestedChange::Added
                && object.key.group_kind() == objects[old].key.group_kind()
                && object.key.namespace == objects[old].key.namespace
                && stem(&object.key.name) == Some(&stem_of_old)
        };
        let Some(new) = objects.iter().position(is_successor) else {
            continue;
        };
        let (from, base) = (objects[old].key.name.clone(), objects[old].base.clone());
        objects[new].requested = RequestedChange::Renamed { from };
        objects[new].base = base;
    }
}

/// A name without the digest at its end: `app-config-5tk2b8d9fm` is `app-config`.
fn stem(name: &str) -> Option<&str> {
    let (stem, digest) = name.rsplit_once('-')?;
    // kustomize leaves out letters that could make words, and digits that look like letters
    let is_digest = digest.len() == DIGEST && digest.bytes().all(|byte| b"bcdfghkmt2456789".contains(&byte));
    is_digest.then_some(stem)
}
