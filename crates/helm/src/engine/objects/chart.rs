use gotemplate::{Element, Map, Value};

use crate::chart::{Dependency, Maintainer, Metadata};

/// `.Chart`: a map with the names of Go's fields.
pub(super) fn object(metadata: &Metadata, is_root: bool) -> Map {
    let annotations = if metadata.annotations.is_empty() {
        Map::nil_of(Element::String)
    } else {
        let entries = metadata.annotations.iter();
        Map::of(
            Element::String,
            entries
                .map(|(key, value)| (key.as_str().into(), value.as_str().into()))
                .collect(),
        )
    };
    let dependencies = metadata.dependencies.iter().flatten().map(dependency);
    Map::from_iter([
        ("Name", Value::from(metadata.name.as_str())),
        ("Home", metadata.home.as_str().into()),
        ("Sources", texts(&metadata.sources)),
        ("Version", metadata.version.as_str().into()),
        ("Description", metadata.description.as_str().into()),
        ("Keywords", texts(&metadata.keywords)),
        (
            "Maintainers",
            metadata
                .maintainers
                .iter()
                .map(maintainer)
                .collect::<Vec<_>>()
                .into(),
        ),
        ("Icon", metadata.icon.as_str().into()),
        ("APIVersion", metadata.api_version.as_str().into()),
        ("Condition", metadata.condition.as_str().into()),
        ("Tags", metadata.tags.as_str().into()),
        ("AppVersion", metadata.app_version.as_str().into()),
        ("Deprecated", metadata.deprecated.into()),
        ("Annotations", annotations.into()),
        ("KubeVersion", metadata.kube_version.as_str().into()),
        ("Dependencies", dependencies.collect::<Vec<_>>().into()),
        ("Type", metadata.kind.as_str().into()),
        ("IsRoot", is_root.into()),
    ])
}

fn texts(texts: &[String]) -> Value {
    texts
        .iter()
        .map(|text| Value::from(text.as_str()))
        .collect::<Vec<_>>()
        .into()
}

fn maintainer(maintainer: &Maintainer) -> Value {
    Value::Map(Map::from_iter([
        ("Name", maintainer.name.as_str()),
        ("Email", maintainer.email.as_str()),
        ("URL", maintainer.url.as_str()),
    ]))
}

fn dependency(dependency: &Dependency) -> Value {
    let imports = dependency.import_values.iter().map(Value::from_json);
    Value::Map(Map::from_iter([
        ("Name", Value::from(dependency.name.as_str())),
        ("Version", dependency.version.as_str().into()),
        ("Repository", dependency.repository.as_str().into()),
        ("Condition", dependency.condition.as_str().into()),
        ("Tags", texts(&dependency.tags)),
        ("Enabled", true.into()),
        ("ImportValues", imports.collect::<Vec<_>>().into()),
        ("Alias", dependency.alias.as_str().into()),
    ]))
}
