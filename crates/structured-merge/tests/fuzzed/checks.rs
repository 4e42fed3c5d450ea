//! What holds for any input, however broken: nothing panics, and what follows.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};
use structured_merge::migration::migration_patch;
use structured_merge::{ApplyOptions, FieldSet, ManagedFieldsEntry, Outcome, Predictor, unchanged};

/// The recorded cases, and what the fuzzer kept.
pub(crate) fn recorded() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata/ssa")
}

/// The JSON values of a file, one each line.
pub(crate) fn values(file: &str) -> Vec<Value> {
    let text = fs::read_to_string(recorded().join(file)).expect("the file is part of the project");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect()
}

/// Knows the kinds of the recorded cases.
pub(crate) fn predictor() -> Predictor {
    let mut predictor = Predictor::new();
    for file in fs::read_dir(recorded().join("openapi")).expect("the schemas are part of the project") {
        let path = file.expect("the schemas are part of the project").path();
        let text = fs::read_to_string(path).expect("the schemas are part of the project");
        let document = serde_json::from_str(&text).expect("the schemas are JSON");
        predictor
            .add_open_api(&document, |_| true)
            .expect("the documents hold schemas");
    }
    predictor
}

/// A field set that can be read is written in one way. Says in a few words what the text was like.
pub(crate) fn field_set(text: &str) -> (Option<FieldSet>, String) {
    let set = match FieldSet::from_json(text) {
        Ok(set) => set,
        Err(error) => return (None, sort_of(&error)),
    };
    let written = set.to_json();
    let again = FieldSet::from_json(&written).expect("what was written can be read");
    assert_eq!(again.to_json(), written, "written twice, from {text}");
    let (mut elements, mut depth) = ([false; 4], 0);
    set.walk(|path| {
        depth = depth.max(path.len());
        for element in path {
            let place = match element {
                structured_merge::PathElement::Field(_) => 0,
                structured_merge::PathElement::Key(_) => 1,
                structured_merge::PathElement::Value(_) => 2,
                structured_merge::PathElement::Index(_) => 3,
            };
            elements[place] = true;
        }
    });
    let was_canonical = written == text;
    (
        Some(set),
        format!("{elements:?} {} {was_canonical}", depth.min(12)),
    )
}

/// What an error says, without the input that it quotes and the place.
fn sort_of(error: &dyn std::error::Error) -> String {
    let text = error.source().map(ToString::to_string).unwrap_or_default();
    let text = text
        .rsplit_once(" at line")
        .map_or(text.as_str(), |(text, _)| text);
    let end = text.rsplit('"').next().unwrap_or_default();
    let beginning = text.split('"').next().unwrap_or_default();
    format!("{beginning}{end}")
}

/// Sets are what their parts make.
pub(crate) fn algebra(a: &FieldSet, b: &FieldSet) {
    let parts = a.difference(b).union(&a.intersection(b));
    assert_eq!(parts.to_json(), a.to_json(), "parts of {}", a.to_json());
    assert!(a.recursive_difference(b).difference(a).is_empty());
    assert!(a.leaves().difference(a).is_empty());
    assert!(a.union(b).contains_all(b));
}

/// An apply that was predicted, applied again, changes no ownership, and a prediction does not depend on how the
/// manager's fields are written. Says in a few words what became of the apply.
pub(crate) fn apply(predictor: &Predictor, case: &Value) -> String {
    let manager = case["apply"]["manager"].as_str().unwrap_or_default();
    let options = ApplyOptions {
        manager,
        force: case["apply"]["force"] == true,
        time: None,
    };
    let config = &case["apply"]["config"];
    let _ = unchanged(config, &case["live"], manager);
    let _ = migration_patch(&case["live"], manager, |name| name.starts_with("kubectl"));
    let live = Some(&case["live"]).filter(|live| !live.is_null());
    let applied = match predictor.predict(live, config, options) {
        Outcome::Applied(applied) => applied,
        Outcome::Conflicts(conflicts) => return format!("conflicts {}", conflicts.0.len().min(3)),
        Outcome::Invalid(invalid) => {
            let text = invalid.to_string();
            return text[..text.find('(').unwrap_or(text.len())].to_owned();
        }
        Outcome::AskServer(doubt) => {
            return format!("{doubt:?}")
                .split('(')
                .next()
                .unwrap_or_default()
                .to_owned();
        }
    };
    let marked = live.map(|live| with_marked_leaves(live, manager));
    let Outcome::Applied(otherwise) = predictor.predict(marked.as_ref(), config, options) else {
        panic!("not applied where the same fields are written otherwise: {case}");
    };
    assert_eq!(otherwise.managed_fields, applied.managed_fields, "{case}");
    assert_eq!(otherwise.changes, applied.changes, "{case}");
    let kept: Vec<String> = applied
        .explain(live, manager)
        .iter()
        .map(|change| format!("{:?}", change.action))
        .collect();
    let mut actions = kept;
    actions.sort();
    actions.dedup();
    let said = format!(
        "{actions:?} {} managers, {} doubts, {}",
        applied.managed_fields.len().min(2),
        applied.doubts.len().min(1),
        applied.is_no_op()
    );
    let own = own_fields(&applied.managed_fields, manager);
    let object = applied.into_object(live);
    if let Outcome::Applied(again) = predictor.predict(Some(&object), config, options) {
        assert_eq!(
            own_fields(&again.managed_fields, manager),
            own,
            "applied again: {case}"
        );
    }
    said
}

fn own_fields(entries: &[ManagedFieldsEntry], manager: &str) -> Option<String> {
    let own = entries
        .iter()
        .find(|entry| entry.manager == manager && entry.operation.as_str() == "Apply");
    own.map(|entry| entry.fields.to_json())
}

/// The same fields of this manager as no server writes them.
fn with_marked_leaves(live: &Value, manager: &str) -> Value {
    let mut live = live.clone();
    let entries = live
        .pointer_mut("/metadata/managedFields")
        .and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten() {
        if entry.get("manager").and_then(Value::as_str) == Some(manager)
            && let Some(fields) = entry.get_mut("fieldsV1").and_then(Value::as_object_mut)
        {
            fields.values_mut().for_each(mark_leaves);
        }
    }
    live
}

fn mark_leaves(fields: &mut Value) {
    let Some(fields) = fields.as_object_mut() else {
        return;
    };
    fields
        .iter_mut()
        .filter(|(name, _)| *name != ".")
        .for_each(|(_, below)| mark_leaves(below));
    if fields.is_empty() {
        fields.insert(".".to_owned(), Value::Object(Map::new()));
    }
}
