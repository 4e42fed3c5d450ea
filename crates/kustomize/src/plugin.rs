use manifest::{Tree, TreePath};

use crate::{
    built::Built,
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Result, fail},
    kustomization::SortOptions,
    loader::Loader,
    node::Access as _,
    options::Options,
    resmap::ResMap,
    resource::{Resource, parse},
    target::{Generator, generator, transformer},
    transform::sort,
};

const SORT: &str = "SortOrderTransformer";

decodable! {
    struct SortConfig("SortOrderTransformerPlugin" in "builtins") {
        options: Option<SortOptions> = "sortOptions",
    }
}

fn as_read() -> SortOptions {
    SortOptions {
        order: "fifo".to_owned(),
        legacy: None,
    }
}

/// Runs one built-in transformer over objects, and nothing else. `config` is the object that configures it, `root`
/// the directory from which it reads files. What a build remembers of objects shows as annotations.
pub fn run_transformer(
    tree: &Tree,
    root: &TreePath,
    config: &[u8],
    objects: &[u8],
    options: &Options<'_>,
) -> Result<Built> {
    let cx = Cx::new(options);
    let loader = Loader::first(tree, root, &cx)?;
    let mut map = ResMap::default();
    let nodes = parse(objects)?;
    map.append_all(nodes.into_iter().map(Resource::from).collect(), &cx.schemas)?;
    for config in parse(config)? {
        let config = Resource::from(config);
        if config.kind() == SORT {
            let SortConfig { options } = decode(&config.node.into_value(), Strictness::Lenient)?;
            sort(&mut map, &options.unwrap_or_else(as_read), &cx)?;
            continue;
        }
        transformer(&config, &loader, &cx)?.transform(&mut map, &cx)?;
        map.drop_empty();
    }
    Ok(shown(map.list(), cx))
}

/// Runs one built-in generator, and nothing else; otherwise as [`run_transformer`].
pub fn run_generator(tree: &Tree, root: &TreePath, config: &[u8], options: &Options<'_>) -> Result<Built> {
    let cx = Cx::new(options);
    let loader = Loader::first(tree, root, &cx)?;
    let mut resources = Vec::new();
    for config in parse(config)? {
        let made: Generator<'_> = generator(&Resource::from(config), &loader, &cx)?;
        resources.extend(made.generate(&loader, &cx)?);
    }
    if resources.iter().any(|resource| resource.node.is_null_or_empty()) {
        fail!("the generator made an empty object");
    }
    Ok(shown(&resources, cx))
}

fn shown(resources: &[Resource], cx: Cx<'_>) -> Built {
    let resources = resources
        .iter()
        .map(Resource::with_internal_annotations)
        .collect();
    Built::new(resources, cx.into_warnings())
}
