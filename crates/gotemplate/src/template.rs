//! Sets of parsed templates.

use std::collections::HashMap;
use std::sync::Arc;

use crate::function::Functions;
use crate::parse::{self, ParseError, Tree};

/// What a key that a map does not have gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingKey {
    /// No value: prints as `<no value>`, and so does a field of it.
    #[default]
    Invalid,
    /// The zero value of the map's element type; a field of it is an error.
    Zero,
    /// An error.
    Error,
}

/// Templates that can call each other by name. A clone shares them and can be added to on its own.
#[derive(Clone, Debug)]
pub struct TemplateSet {
    name: Arc<str>,
    missing_key: MissingKey,
    layer: Arc<Layer>,
}

/// Templates on top of those of another set.
#[derive(Clone, Debug, Default)]
struct Layer {
    templates: HashMap<Vec<u8>, Arc<Tree>>,
    below: Option<Arc<Self>>,
}

impl TemplateSet {
    /// An empty set; the name appears in the error about a template that it lacks.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            missing_key: MissingKey::default(),
            layer: Arc::default(),
        }
    }

    /// The same set with another rule for missing keys.
    #[must_use]
    pub fn with_missing_key(mut self, missing_key: MissingKey) -> Self {
        self.missing_key = missing_key;
        self
    }

    /// Parses a file: the template of its name, and all that it defines. A definition replaces an older one of the
    /// same name unless it is blank.
    pub fn parse(
        &mut self,
        name: &str,
        text: impl AsRef<[u8]>,
        functions: &Functions,
    ) -> Result<(), ParseError> {
        self.add(name, text.as_ref(), false, functions)
    }

    /// Like [`Self::parse`], for a text that is a value: outlines of errors say nothing of it but the place.
    pub fn parse_data(
        &mut self,
        name: &str,
        text: impl AsRef<[u8]>,
        functions: &Functions,
    ) -> Result<(), ParseError> {
        self.add(name, text.as_ref(), true, functions)
    }

    fn add(
        &mut self,
        name: &str,
        text: &[u8],
        is_data: bool,
        functions: &Functions,
    ) -> Result<(), ParseError> {
        let trees = parse::parse(name, text, is_data, &|name| functions.contains(name))?;
        for tree in trees {
            if !tree.root.is_blank() || self.get(&tree.name).is_none() {
                self.own_layer()
                    .templates
                    .insert(tree.name.to_vec(), Arc::new(tree));
            }
        }
        Ok(())
    }

    /// Name of the set.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether there is a template of that name.
    pub fn contains(&self, name: impl AsRef<[u8]>) -> bool {
        self.get(name.as_ref()).is_some()
    }

    pub(crate) fn missing_key(&self) -> MissingKey {
        self.missing_key
    }

    pub(crate) fn get(&self, name: &[u8]) -> Option<&Tree> {
        let mut layer = Some(&self.layer);
        while let Some(current) = layer {
            if let Some(tree) = current.templates.get(name) {
                return Some(tree);
            }
            layer = current.below.as_ref();
        }
        None
    }

    /// The layer to write to: a new one if others share the present one.
    fn own_layer(&mut self) -> &mut Layer {
        if Arc::get_mut(&mut self.layer).is_none() {
            self.layer = Arc::new(Layer {
                templates: HashMap::new(),
                below: Some(Arc::clone(&self.layer)),
            });
        }
        Arc::make_mut(&mut self.layer)
    }
}
