use super::{FieldSpec, Reference as Target, Tables};
use crate::id::Gvk;

/// Group, version, kind, path, and whether the field is made.
type Spec = (&'static str, &'static str, &'static str, &'static str, bool);
/// A kind by group, version and kind, and the fields that name objects of it.
type Reference = ((&'static str, &'static str, &'static str), &'static [Spec]);

mod tables {
    use super::{Reference, Spec};

    include!(concat!(env!("OUT_DIR"), "/field_specs.rs"));
}

/// The tables that are built in, in the order of tables.
pub(super) fn built_in() -> Tables {
    Tables {
        name_prefix: specs(tables::NAME_PREFIX),
        name_suffix: specs(tables::NAME_SUFFIX),
        namespace: specs(tables::NAMESPACE),
        common_labels: specs(tables::COMMON_LABELS),
        labels: Vec::new(),
        template_labels: specs(tables::TEMPLATE_LABELS),
        volume_claim_template_labels: specs(tables::VOLUME_CLAIM_TEMPLATE_LABELS),
        common_annotations: specs(tables::COMMON_ANNOTATIONS),
        name_reference: tables::NAME_REFERENCES
            .iter()
            .map(|((group, version, kind), fields)| {
                Target::new(Gvk::new(group, version, kind), specs(fields))
            })
            .collect(),
        var_reference: specs(tables::VAR_REFERENCE),
        images: specs(tables::IMAGES),
        replicas: specs(tables::REPLICAS),
    }
}

fn specs(table: &'static [Spec]) -> Vec<FieldSpec> {
    table
        .iter()
        .map(|(group, version, kind, path, create)| FieldSpec {
            group: (*group).into(),
            version: (*version).into(),
            kind: (*kind).into(),
            path: (*path).into(),
            create: *create,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn built_in_tables_are_sorted() {
        let tables = super::built_in();
        let mut sorted = tables.clone();
        sorted.sort();
        assert!(tables == sorted && !tables.name_reference.is_empty());
    }
}
