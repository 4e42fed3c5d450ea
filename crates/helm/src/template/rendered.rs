use std::collections::BTreeSet;

use serde_json::Value;
use yaml::Reader;

use crate::output::Manifest;

/// What a chart renders to.
#[derive(Clone, Default)]
pub struct Rendered {
    /// The text of `helm template`, whole.
    pub text: String,
    /// The definitions of `crds/`, if they are included: file and content.
    pub definitions: Vec<Manifest>,
    /// The objects, in the order of installation.
    pub objects: Vec<Manifest>,
    /// All hooks, in the order of installation.
    pub hooks: Vec<Manifest>,
    /// What `NOTES.txt` says.
    pub notes: String,
    /// What Helm warns of.
    pub warnings: Vec<String>,
    /// Whether a template asked for random numbers or for the time.
    pub is_random: bool,
    /// Fields that would differ in the next render, if they were asked for.
    pub generated: Vec<GeneratedField>,
}

/// A field whose value comes from random numbers or from the time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GeneratedField {
    /// The template that it comes from.
    pub file: String,
    /// Kind of its object.
    pub kind: String,
    /// Namespace of its object, if it names one.
    pub namespace: Option<String>,
    /// Name of its object.
    pub name: String,
    /// The way to it: a JSON pointer; empty for the whole object.
    pub pointer: String,
}

impl Rendered {
    /// The fields that differ in another render of the same chart.
    pub(super) fn fields_unlike(&self, other: &Self) -> Vec<GeneratedField> {
        let mut fields = BTreeSet::new();
        let ours = self.objects.iter().chain(&self.hooks);
        let theirs: Vec<&Manifest> = other.objects.iter().chain(&other.hooks).collect();
        for (at, manifest) in ours.enumerate() {
            let like = theirs.get(at).filter(|like| like.file == manifest.file);
            if like.is_some_and(|like| like.content == manifest.content) {
                continue;
            }
            let one = parsed(manifest);
            let two = like.map_or(Value::Null, |like| parsed(like));
            let mut pointers = Vec::new();
            differences(&one, &two, String::new(), &mut pointers);
            fields.extend(pointers.into_iter().map(|pointer| field(manifest, &one, pointer)));
        }
        fields.into_iter().collect()
    }
}

fn parsed(manifest: &Manifest) -> Value {
    // what cannot be read is different as a whole
    yaml::from_slice(manifest.content.as_bytes(), Reader::V2).unwrap_or_default()
}

fn field(manifest: &Manifest, object: &Value, pointer: String) -> GeneratedField {
    let metadata = |field| object["metadata"][field].as_str().map(str::to_owned);
    GeneratedField {
        file: manifest.file.clone(),
        kind: manifest.kind.clone(),
        namespace: metadata("namespace"),
        name: metadata("name").unwrap_or_default(),
        pointer,
    }
}

fn differences(one: &Value, two: &Value, pointer: String, found: &mut Vec<String>) {
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            let keys: BTreeSet<&String> = one.keys().chain(two.keys()).collect();
            for key in keys {
                let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                let missing = Value::Null;
                let of = |map: &serde_json::Map<_, _>| map.get(key).cloned();
                differences(
                    &of(one).unwrap_or_else(|| missing.clone()),
                    &of(two).unwrap_or(missing),
                    pointer,
                    found,
                );
            }
        }
        (Value::Array(one), Value::Array(two)) if one.len() == two.len() => {
            for (at, (one, two)) in one.iter().zip(two).enumerate() {
                differences(one, two, format!("{pointer}/{at}"), found);
            }
        }
        (one, two) if one == two => {}
        _ => found.push(pointer),
    }
}
