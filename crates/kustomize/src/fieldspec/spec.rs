use std::{borrow::Cow, fmt};

use crate::{
    decode::decodable,
    error::{Result, fail},
    id::Gvk,
};

decodable! {
    /// A field of some kinds; with an empty group, version or kind, of all.
    struct FieldSpec("FieldSpec" in "types") {
        group: Cow<'static, str> = "group",
        version: Cow<'static, str> = "version",
        kind: Cow<'static, str> = "kind",
        path: Cow<'static, str> = "path",
        create: bool = "create",
    }
}

impl FieldSpec {
    /// A field of all kinds that is made where it is missing.
    pub(crate) fn everywhere(path: &str) -> Self {
        Self {
            path: Cow::Owned(path.to_owned()),
            create: true,
            ..Self::default()
        }
    }

    pub(crate) fn gvk(&self) -> Gvk {
        Gvk::new(&self.group, &self.version, &self.kind)
    }

    /// Whether it is of no kind in particular, or of this one.
    pub(crate) fn selects(&self, group: &str, version: &str, kind: &str) -> bool {
        (self.kind.is_empty() || self.kind == kind)
            && (self.group.is_empty() || self.group == group)
            && (self.version.is_empty() || self.version == version)
    }

    fn covers(&self, other: &Self) -> bool {
        self.path == other.path && other.selects(&self.group, &self.version, &self.kind)
    }
}

impl fmt::Display for FieldSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.gvk(), self.create, self.path)
    }
}

/// Adds a spec unless it is there already; fails when the two disagree on making the field.
pub(crate) fn merge_one(specs: &mut Vec<FieldSpec>, new: &FieldSpec) -> Result<()> {
    match specs.iter().find(|spec| spec.covers(new)) {
        Some(spec) if spec.create != new.create => fail!("conflicting fieldspecs"),
        Some(_) => {}
        None => specs.push(new.clone()),
    }
    Ok(())
}

/// Adds many specs by [`merge_one`].
pub(crate) fn merge_all(specs: &mut Vec<FieldSpec>, new: &[FieldSpec]) -> Result<()> {
    new.iter().try_for_each(|spec| merge_one(specs, spec))
}
