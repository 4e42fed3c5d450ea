use std::collections::HashSet;

use manifest::{Object, ResourceKey};

use super::run::diff_with;
use crate::{
    Application, Cluster, Desired, SyncError, SyncOptions,
    diff::{DiffMode, without_noise},
    observe::Targets,
    preview::{Preview, Side, join},
    redact::Masker,
};

/// How much of an inventory a preview speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// All: what neither side describes would be deleted.
    #[default]
    Inventory,
    /// What either side describes: they may be a part of what the inventory records.
    Described,
}

/// What a change from `base` to `head` asks for, and what an apply of `head` would do in the cluster.
pub async fn preview(
    cluster: &Cluster,
    application: &Application,
    base: &Desired,
    head: &Desired,
    options: &SyncOptions,
    mode: DiffMode,
    reach: Reach,
) -> Result<Preview, SyncError> {
    let apply_set = application.inventory.apply_set();
    // both sides are named as the cluster names them
    let before = Targets::resolve(cluster, base, &apply_set).await?;
    let after = Targets::resolve(cluster, head, &apply_set).await?;
    let mut masker = masker_for(before.objects.iter().chain(&after.objects));
    let described: HashSet<ResourceKey> = before.keys().chain(after.keys()).cloned().collect();
    let within = (reach == Reach::Described).then_some(&described);
    let diffs = diff_with(cluster, application, head, options, mode, within, &mut masker).await?;
    let (before, after) = (
        side(&before.objects, &mut masker),
        side(&after.objects, &mut masker),
    );
    let mut preview = join(&before, &after, Some(diffs));
    preview.notices = notices(base, head, &mut masker);
    Ok(preview)
}

/// The same without a cluster: what the change asks for.
pub fn preview_offline(base: &Desired, head: &Desired) -> Preview {
    let mut masker = masker_for(base.objects.iter().chain(&head.objects));
    let (before, after) = (side(&base.objects, &mut masker), side(&head.objects, &mut masker));
    let mut preview = join(&before, &after, None);
    preview.notices = notices(base, head, &mut masker);
    preview
}

fn masker_for<'a>(objects: impl Iterator<Item = &'a Object>) -> Masker {
    let mut masker = Masker::default();
    for object in objects {
        masker.learn(object.value());
    }
    masker
}

fn side(objects: &[Object], masker: &mut Masker) -> Side {
    let masked = objects.iter().map(|object| {
        let mut value = without_noise(object.value());
        masker.mask(&mut value);
        (object.key(), (object.origin().clone(), value))
    });
    masked.collect()
}

/// What could not be rendered: what is missing in the preview is not called unchanged.
fn notices(base: &Desired, head: &Desired, masker: &mut Masker) -> Vec<String> {
    let sides = [("base", base), ("head", head)];
    let problems = sides
        .iter()
        .flat_map(|(side, desired)| desired.problems.iter().map(move |problem| (side, problem)));
    let problems = problems.map(|(side, problem)| {
        format!(
            "in the {side}: {}",
            masker.mask_text(&crate::failure::chain(problem))
        )
    });
    problems.chain(generated(head)).collect()
}

/// Fields that are made up at random: what differs in them is no change of the branch.
fn generated(head: &Desired) -> impl Iterator<Item = String> {
    head.generated.iter().map(|(key, pointers)| {
        format!(
            "{key}: generated, and kept once it is live: {}",
            pointers.join(" ")
        )
    })
}
