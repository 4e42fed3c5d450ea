use std::rc::Rc;

use yaml::Reader;

use super::{FieldSpec, defaults, merge_all};
use crate::{
    context::Cx,
    decode::{Strictness, decodable, decode},
    error::{Context as _, Error, Result},
    id::Gvk,
};

decodable! {
    /// A table for each transformer.
    struct Tables("TransformerConfig" in "builtinconfig") {
        name_prefix: Vec<FieldSpec> = "namePrefix",
        name_suffix: Vec<FieldSpec> = "nameSuffix",
        namespace: Vec<FieldSpec> = "namespace",
        common_labels: Vec<FieldSpec> = "commonLabels",
        labels: Vec<FieldSpec> = "labels",
        template_labels: Vec<FieldSpec> = "templateLabels",
        volume_claim_template_labels: Vec<FieldSpec> = "volumeClaimTemplateLabels",
        common_annotations: Vec<FieldSpec> = "commonAnnotations",
        name_reference: Vec<Reference> = "nameReference",
        var_reference: Vec<FieldSpec> = "varReference",
        images: Vec<FieldSpec> = "images",
        replicas: Vec<FieldSpec> = "replicas",
    }

    /// The fields in which names of objects of a kind stand.
    struct Reference("NameBackReferences" in "builtinconfig") {
        group: String = "group",
        version: String = "version",
        kind: String = "kind",
        referrers: Vec<FieldSpec> = "fieldSpecs",
    }
}

impl Reference {
    pub(crate) fn new(target: Gvk, referrers: Vec<FieldSpec>) -> Self {
        Self {
            group: target.group,
            version: target.version,
            kind: target.kind,
            referrers,
        }
    }

    pub(crate) fn target(&self) -> Gvk {
        Gvk::new(&self.group, &self.version, &self.kind)
    }
}

impl Tables {
    fn specs(&mut self) -> [(&'static str, &mut Vec<FieldSpec>); 11] {
        [
            ("NamePrefix", &mut self.name_prefix),
            ("NameSuffix", &mut self.name_suffix),
            ("NameSpace", &mut self.namespace),
            ("CommonAnnotations", &mut self.common_annotations),
            ("CommonLabels", &mut self.common_labels),
            ("Labels", &mut self.labels),
            ("TemplateLabels", &mut self.template_labels),
            (
                "VolumeClaimTemplateLabels",
                &mut self.volume_claim_template_labels,
            ),
            ("VarReference", &mut self.var_reference),
            ("Images", &mut self.images),
            ("Replicas", &mut self.replicas),
        ]
    }

    pub(super) fn sort(&mut self) {
        for (_, specs) in self.specs() {
            specs.sort_by_cached_key(|spec| spec.gvk().table_order());
        }
        self.name_reference
            .sort_by_cached_key(|reference| reference.target().table_order());
    }

    fn add(&mut self, mut other: Self) -> Result<()> {
        for ((name, specs), (_, new)) in self.specs().into_iter().zip(other.specs()) {
            merge_all(specs, new).context(|| format!("failed to merge {name} fieldSpec"))?;
        }
        for reference in &other.name_reference {
            self.add_reference(reference)
                .context(|| "failed to merge NameReference fieldSpec".into())?;
        }
        self.sort();
        Ok(())
    }

    pub(super) fn add_reference(&mut self, new: &Reference) -> Result<()> {
        let target = new.target();
        let mut known = false;
        for reference in &mut self.name_reference {
            if reference.target() == target {
                merge_all(&mut reference.referrers, &new.referrers)?;
                known = true;
            }
        }
        if !known {
            self.name_reference.push(new.clone());
        }
        Ok(())
    }
}

/// Tables that are shared between the targets of a build as long as nobody adds to them.
#[derive(Clone)]
pub(crate) struct Config(Rc<Tables>);

impl Config {
    pub(crate) fn built_in() -> Self {
        Self(Rc::new(defaults::built_in()))
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.0
    }

    /// The tables as they are merged into nothing: of two specs for a field only the first stays, when the second
    /// is of more kinds.
    pub(crate) fn normal(self, cx: &Cx<'_>) -> Result<Self> {
        if Rc::ptr_eq(&self.0, &cx.built_in.0) {
            return Ok(self);
        }
        let mut tables = Tables::default();
        tables.add(self.0.as_ref().clone())?;
        Ok(Self(Rc::new(tables)))
    }

    /// Both together.
    pub(crate) fn merged(self, other: &Self) -> Result<Self> {
        if Rc::ptr_eq(&self.0, &other.0) {
            return Ok(self);
        }
        self.with(other.tables())
    }

    /// These tables and more of them.
    pub(crate) fn with(self, more: &Tables) -> Result<Self> {
        if *more == Tables::default() {
            return Ok(self);
        }
        let mut tables = Rc::unwrap_or_clone(self.0);
        tables.add(more.clone())?;
        Ok(Self(Rc::new(tables)))
    }
}

/// The tables of a configuration file.
pub(crate) fn from_file(text: &[u8]) -> Result<Tables> {
    let value = yaml::from_slice(text, Reader::V2).map_err(|error| {
        Error::of_yaml(&error)
            .within("error converting YAML to JSON")
            .on_line(error.line)
    })?;
    let mut tables: Tables = decode(&value, Strictness::LenientNoUnknownFields)
        .context(|| "error unmarshaling JSON: while decoding JSON".into())?;
    tables.sort();
    Ok(tables)
}
