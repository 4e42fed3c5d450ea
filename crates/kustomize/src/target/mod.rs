//! One kustomization and everything below it: resources, generators, components, transformers, validators.

mod accumulator;
mod asked;
mod builtin;
mod function;
mod kustomization_target;
mod plugins;

pub(crate) use accumulator::Accumulator;
pub(crate) use builtin::Generator;
pub(crate) use kustomization_target::Target;
pub(crate) use plugins::{generator, transformer};
