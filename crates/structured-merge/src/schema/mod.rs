//! The types of objects: how lists and maps are merged, which fields exist, what has a default.
//!
//! Read from the OpenAPI v3 documents that an API server publishes for each group and version, from a
//! CustomResourceDefinition, or deduced where there is neither.

mod builder;
mod custom_resource;
mod open_api;
mod types;

use std::sync::Arc;

use manifest::GroupVersionKind;

pub use custom_resource::custom_resource_schemas;
pub use open_api::{InvalidSchema, open_api_schemas};
pub(crate) use types::{
    DEDUCED, Field, KeyField, ListKind, ListType, MapType, ScalarKind, ScalarType, Type, TypeId, Types, Wire,
};

/// How the server handles objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A kind that is compiled into the API server, with types of its own.
    BuiltIn,
    /// A kind that a CustomResourceDefinition declares.
    Custom,
}

/// Whether writes of `status` to the object itself are ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusSubresource {
    /// There is a `status` subresource.
    Enabled,
    /// There is none: `status` is a field like any other.
    Disabled,
    /// Not told by where the schema was read.
    Unknown,
}

/// The schema of one kind in one version. Cheap to clone: kinds read together share their types.
#[derive(Clone, Debug)]
pub struct ObjectSchema {
    pub(crate) kind: GroupVersionKind,
    pub(crate) types: Arc<Types>,
    pub(crate) root: TypeId,
    pub(crate) origin: Origin,
    pub(crate) status: StatusSubresource,
    /// Equal for versions whose fields are the same.
    fingerprint: u64,
    versions: Versions,
}

/// The versions of one kind.
#[derive(Clone, Debug, Default)]
pub struct Versions {
    /// With the fingerprint of their fields, where their schema is known.
    known: Arc<[(String, Option<u64>)]>,
    /// Whether the server knows no others.
    complete: bool,
}

impl Versions {
    /// Those whose schemas these are; there may be others.
    pub fn among<'a>(schemas: impl IntoIterator<Item = &'a ObjectSchema>) -> Self {
        let known = schemas
            .into_iter()
            .map(|schema| (schema.kind.api_version(), Some(schema.fingerprint)));
        Self {
            known: known.collect(),
            complete: false,
        }
    }

    /// Those whose schemas these are, and no others.
    pub fn complete<'a>(schemas: impl IntoIterator<Item = &'a ObjectSchema>) -> Self {
        Self {
            complete: true,
            ..Self::among(schemas)
        }
    }

    /// All that discovery names, of which only some schemas may be known.
    pub fn served<'a>(api_versions: &[String], schemas: impl IntoIterator<Item = &'a ObjectSchema>) -> Self {
        let among = Self::among(schemas);
        let fingerprint = |version: &String| {
            let known = among.known.iter().find(|(known, _)| known == version);
            known.and_then(|(_, fingerprint)| *fingerprint)
        };
        Self {
            known: api_versions
                .iter()
                .map(|version| (version.clone(), fingerprint(version)))
                .collect(),
            complete: true,
        }
    }
}

/// How fields of another version of a kind relate to those of this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VersionRelation {
    /// The same version, or one with the same fields.
    SameFields,
    /// Its fields differ, so that only the server can convert.
    OtherFields,
    /// The server no longer knows it.
    Gone,
    /// Not known.
    Unknown,
}

impl ObjectSchema {
    /// The schema of a kind of which nothing is known: maps are merged, lists replaced.
    pub fn deduced(kind: GroupVersionKind) -> Self {
        Self {
            kind,
            types: Arc::new(Types::common()),
            root: DEDUCED,
            origin: Origin::Custom,
            status: StatusSubresource::Unknown,
            fingerprint: 0,
            versions: Versions::default(),
        }
    }

    /// The kind that this is the schema of.
    pub fn kind(&self) -> &GroupVersionKind {
        &self.kind
    }

    /// Says whether the kind has a `status` subresource, where the caller knows it from discovery.
    #[must_use]
    pub fn with_status(mut self, status: StatusSubresource) -> Self {
        self.status = status;
        self
    }

    /// Tells which other versions of this kind there are.
    #[must_use]
    pub fn with_versions(mut self, versions: Versions) -> Self {
        self.versions = versions;
        self
    }

    pub(crate) fn relation_to(&self, api_version: &str) -> VersionRelation {
        if api_version == self.kind.api_version() {
            return VersionRelation::SameFields;
        }
        let known = self
            .versions
            .known
            .iter()
            .find(|(version, _)| version == api_version);
        match known {
            None if self.versions.complete => VersionRelation::Gone,
            None => VersionRelation::Unknown,
            Some((_, Some(fingerprint))) if *fingerprint == self.fingerprint => VersionRelation::SameFields,
            Some(_) => VersionRelation::OtherFields,
        }
    }
}
