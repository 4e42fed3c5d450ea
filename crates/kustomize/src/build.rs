use manifest::{Tree, TreePath};

use crate::{
    built::Built,
    context::Cx,
    error::{Context as _, Error, Result, fail},
    fieldspec::FieldSpec,
    kustomization::{Kustomization, SortOptions},
    loader::Loader,
    options::{Options, Reorder},
    origin::{ORIGIN, TRANSFORMATIONS},
    reference::{resolve_vars, update_names},
    resmap::ResMap,
    resource::{BUILD_ANNOTATIONS, Resource},
    target::{Accumulator, Target},
    transform::{Hash, Labels, Transform as _, sort},
};

const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// Builds the kustomization in a directory of a tree.
pub fn build(tree: &Tree, path: &TreePath, options: &Options<'_>) -> Result<Built> {
    let cx = Cx::new(options);
    let loader = Loader::first(tree, path, &cx)?;
    let mut target = Target::load(loader, &cx)?;
    target.choose_schema(true, &cx)?;
    target.track_origins();
    let gathered = target.accumulate(Accumulator::default(), &cx)?;
    let resources =
        complete(gathered, target.kustomization(), &cx).map_err(|error| target.located(error, &cx))?;
    Ok(Built::new(resources, cx.into_warnings()))
}

/// What is done once, when everything has been gathered.
fn complete(gathered: Accumulator, kustomization: &Kustomization, cx: &Cx<'_>) -> Result<Vec<Resource>> {
    let config = gathered.config(cx);
    let mut map = gathered.map;
    Hash.transform(&mut map, cx)?;
    update_names(&mut map, config.tables(), cx)?;
    resolve_vars(&mut map, &gathered.vars, config.tables(), cx)?;
    drop_local(&mut map)?;
    reorder(&mut map, kustomization, cx)?;
    finish(&mut map, kustomization, cx)?;
    Ok(map.into_list())
}

/// Removes objects that are only meant for tools on files.
fn drop_local(map: &mut ResMap) -> Result<()> {
    for resource in map.list() {
        crate::resource::validated(&resource.node).map_err(Error::of_whole)?;
    }
    map.list_mut().retain(|resource| {
        resource
            .annotation(LOCAL_CONFIG)
            .is_none_or(|value| value == "false")
    });
    Ok(())
}

fn reorder(map: &mut ResMap, kustomization: &Kustomization, cx: &Cx<'_>) -> Result<()> {
    let asked = cx.options.reorder;
    if let Some(options) = &kustomization.sort_options {
        if asked != Reorder::Unspecified {
            cx.warn([
                "Warning: Sorting order is set both in 'kustomization.yaml' ('sortOptions') and in a \
                      CLI flag ('--reorder'). Using the kustomization file over the CLI flag."
                    .to_owned(),
            ]);
        }
        return sort(map, options, cx).under("sortOptions");
    }
    if asked == Reorder::None {
        return Ok(());
    }
    let options = SortOptions {
        order: "legacy".to_owned(),
        legacy: None,
    };
    sort(map, &options, cx)
}

/// Adds the label of the build, and takes away what is only meant for the build.
fn finish(map: &mut ResMap, kustomization: &Kustomization, cx: &Cx<'_>) -> Result<()> {
    let wants = |what: &str| kustomization.build_metadata.iter().any(|wanted| wanted == what);
    if cx.options.managed_by_label || wants("managedByLabel") {
        let version = match cx.options.version.as_str() {
            "" => env!("CARGO_PKG_VERSION"),
            version => version,
        };
        let label = Labels {
            labels: [(MANAGED_BY.to_owned(), format!("kustomize-{version}"))].into(),
            fields: vec![FieldSpec::everywhere("metadata/labels")],
        };
        label.transform(map, cx)?;
    }
    let mut unwanted = BUILD_ANNOTATIONS.to_vec();
    if !wants("originAnnotations") {
        unwanted.push(ORIGIN);
    }
    if !wants("transformerAnnotations") {
        unwanted.push(TRANSFORMATIONS);
    }
    for resource in map.list_mut_same_ids() {
        remove_annotations(resource, &unwanted)?;
    }
    Ok(())
}

/// Removes annotations; those that stay become text.
fn remove_annotations(resource: &mut Resource, unwanted: &[&str]) -> Result<()> {
    use crate::node::Access as _;
    if resource.node.get("metadata").is_none() {
        fail!(
            "missing metadata in object {}",
            crate::resource::id_text(&resource.node)
        );
    }
    let mut annotations = resource.strings("annotations");
    annotations.retain(|name, _| !unwanted.contains(&name.as_str()));
    resource.set_strings("annotations", annotations);
    Ok(())
}
