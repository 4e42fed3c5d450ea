//! The kustomization file: its fields, its older spellings, and what is wrong with it.

mod fields;
mod file;
mod helm;
mod selector;

pub(crate) use fields::{
    FieldOptions, GeneratorArgs, GeneratorOptions, Image, Kustomization, Label, LegacySortOptions,
    ObjectMeta, Patch, PatchOptions, Replacement, ReplacementSource, ReplacementTarget, Replica, Selector,
    SortOptions, Var,
};
pub(crate) use file::{COMPONENT, FILE_NAMES, parse};
pub(crate) use helm::{HelmChart, HelmGlobals, Values};
