use std::cell::RefCell;

use crate::{fieldspec::Config, options::Options, schema::Registry};

/// What all parts of one build share. Nothing of it outlives the build.
pub(crate) struct Cx<'a> {
    pub(crate) options: &'a Options<'a>,
    pub(crate) schemas: Registry,
    pub(crate) built_in: Config,
    warnings: RefCell<Vec<String>>,
}

impl<'a> Cx<'a> {
    pub(crate) fn new(options: &'a Options<'a>) -> Self {
        Self {
            options,
            schemas: Registry::default(),
            built_in: Config::built_in(),
            warnings: RefCell::default(),
        }
    }

    pub(crate) fn warn(&self, warnings: impl IntoIterator<Item = String>) {
        self.warnings.borrow_mut().extend(warnings);
    }

    pub(crate) fn into_warnings(self) -> Vec<String> {
        self.warnings.into_inner()
    }
}
