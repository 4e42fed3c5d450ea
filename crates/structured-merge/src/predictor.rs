use std::collections::HashMap;

use manifest::{GroupKind, GroupVersionKind};
use serde_json::Value;

use crate::apply::{ApplyOptions, Changes, Doubt, FieldChange, Outcome, apply, explain};
use crate::managed_fields::ManagedFieldsEntry;
use crate::schema::{InvalidSchema, ObjectSchema, Versions, custom_resource_schemas, open_api_schemas};

/// Predicts applies of many kinds. It holds their schemas; everything else is in the arguments.
#[derive(Clone, Debug, Default)]
pub struct Predictor {
    schemas: HashMap<GroupVersionKind, ObjectSchema>,
    served: HashMap<GroupKind, Vec<String>>,
}

impl Predictor {
    /// One that knows no schema yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the kinds that `wanted` accepts from the OpenAPI v3 document of one group and version.
    pub fn add_open_api(
        &mut self,
        document: &Value,
        wanted: impl Fn(&GroupVersionKind) -> bool,
    ) -> Result<(), InvalidSchema> {
        self.add(open_api_schemas(document, wanted)?);
        Ok(())
    }

    /// Adds the kind of a CustomResourceDefinition, in all its versions.
    pub fn add_definition(&mut self, definition: &Value) -> Result<(), InvalidSchema> {
        for schema in custom_resource_schemas(definition)? {
            self.schemas.insert(schema.kind().clone(), schema);
        }
        Ok(())
    }

    /// Adds schemas, and relates each to the other versions of its kind.
    pub fn add(&mut self, schemas: Vec<ObjectSchema>) {
        let mut kinds: Vec<GroupKind> = Vec::new();
        for schema in schemas {
            let kind = schema.kind().group_kind();
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
            self.schemas.insert(schema.kind().clone(), schema);
        }
        for kind in &kinds {
            self.relate(kind);
        }
    }

    /// Says which versions of a kind the server has, as discovery names them (`apps/v1`): what managers own in
    /// others is forgotten, as the server does.
    pub fn set_served_versions(&mut self, kind: &GroupKind, api_versions: Vec<String>) {
        self.served.insert(kind.clone(), api_versions);
        self.relate(kind);
    }

    /// The schema of a kind.
    pub fn schema(&self, kind: &GroupVersionKind) -> Option<&ObjectSchema> {
        self.schemas.get(kind)
    }

    /// Predicts the apply of `intent` to `live`, or to nothing when the object does not exist.
    pub fn predict(&self, live: Option<&Value>, intent: &Value, options: ApplyOptions<'_>) -> Outcome {
        let kind = kind_of(intent);
        match self.schema(&kind) {
            Some(schema) => apply(live, intent, options, schema),
            None => Outcome::AskServer(Doubt::NoSchema(kind.to_string())),
        }
    }

    /// What happens to each field between two states of an object, both with their managed fields: the same as
    /// [`Applied::explain`](crate::Applied::explain) for an answer of the server. Empty where the kind is not known.
    pub fn explain(&self, live: Option<&Value>, after: &Value, manager: &str) -> Vec<FieldChange> {
        let Some(schema) = self.schema(&kind_of(after)) else {
            return Vec::new();
        };
        let entries = |object| ManagedFieldsEntry::of(object).unwrap_or_default();
        let before = live.map(entries).unwrap_or_default();
        let stated = |object: &Value| without_server_fields(object);
        let live = live.map_or(Value::Null, stated);
        let changes = Changes::between(schema, &live, &stated(after), false);
        explain(&before, &entries(after), &changes, manager)
    }

    fn relate(&mut self, kind: &GroupKind) {
        let schemas = self
            .schemas
            .values()
            .filter(|schema| schema.kind().group_kind() == *kind);
        let versions = match self.served.get(kind) {
            Some(served) => Versions::served(served, schemas),
            None => Versions::among(schemas),
        };
        for schema in self.schemas.values_mut() {
            if schema.kind().group_kind() == *kind {
                *schema = schema.clone().with_versions(versions.clone());
            }
        }
    }
}

fn kind_of(object: &Value) -> GroupVersionKind {
    let text = |name| object.get(name).and_then(Value::as_str).unwrap_or_default();
    GroupVersionKind::from_api_version(text("apiVersion"), text("kind"))
}

/// An object without what the server changes by itself in every write.
fn without_server_fields(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for name in [
            "creationTimestamp",
            "generation",
            "managedFields",
            "resourceVersion",
            "uid",
        ] {
            metadata.remove(name);
        }
    }
    object
}
