use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use super::{
    ListMerge,
    builtin::{self, Place},
    custom::{Custom, Found},
};
use crate::error::{Error, Result};

const BUILT_IN_VERSION: &str = "v1.21.2";

/// The schemas of one build. The first kustomization that names one decides for all that come after it; what
/// was already looked up in the built-in schema before stays in force below it.
#[derive(Default)]
pub(crate) struct Registry(RefCell<State>);

#[derive(Default)]
struct State {
    version: String,
    custom: Option<Rc<Custom>>,
    ready: bool,
    built_in: BuiltIn,
    /// What is in force; later ones win.
    layers: Vec<Layer>,
}

#[derive(Default, PartialEq, Eq)]
enum BuiltIn {
    #[default]
    Unused,
    AskedFor,
    Loaded,
}

#[derive(Clone)]
enum Layer {
    BuiltIn,
    Custom(Rc<Custom>),
}

/// A place in a schema.
#[derive(Clone)]
pub(crate) enum Schema {
    BuiltIn(Place),
    Custom(Rc<Custom>, usize),
}

impl Registry {
    /// Takes the `openapi` field of a kustomization into account; only the root one may replace a choice.
    pub(crate) fn choose(
        &self,
        field: &BTreeMap<String, String>,
        file: Option<&[u8]>,
        is_root: bool,
    ) -> Result<()> {
        let mut state = self.0.borrow_mut();
        if (!state.version.is_empty() || state.custom.is_some()) && !is_root {
            return Ok(());
        }
        let version = field.get("version");
        if let Some(text) = file {
            if version.is_some() {
                let problem = "builtin version and custom schema provided, cannot use both";
                return Err(Error::new(problem).under("version"));
            }
            state.custom = Some(Rc::new(Custom::parse(text)?));
            "custom".clone_into(&mut state.version);
            state.ready = false;
            return Ok(());
        }
        state.version = version.cloned().unwrap_or_default();
        if state.version.is_empty() {
            return Ok(());
        }
        if state.version != BUILT_IN_VERSION {
            return Err(Error::new("the specified OpenAPI version is not built in").under("version"));
        }
        state.custom = None;
        state.ready = false;
        Ok(())
    }

    /// Whether a kind is known to live outside of namespaces.
    pub(crate) fn is_cluster_scoped(&self, api_version: &str, kind: &str) -> bool {
        if let Some(namespaced) = builtin::is_namespaced(api_version, kind) {
            return !namespaced;
        }
        let mut state = self.0.borrow_mut();
        if !state.ready {
            if state.custom.is_none() {
                if state.built_in == BuiltIn::Unused {
                    state.built_in = BuiltIn::AskedFor;
                }
                return false;
            }
            state.prepare();
        }
        state.layers.iter().rev().find_map(|layer| match layer {
            Layer::BuiltIn => None,
            Layer::Custom(custom) => custom.is_namespaced(api_version, kind),
        }) == Some(false)
    }

    /// The schema of a kind.
    pub(crate) fn of_kind(&self, api_version: &str, kind: &str) -> Option<Schema> {
        let mut state = self.0.borrow_mut();
        state.prepare();
        state.layers.iter().rev().find_map(|layer| match layer {
            Layer::BuiltIn => builtin::of_kind(api_version, kind).map(Schema::BuiltIn),
            Layer::Custom(owner) => owner
                .of_kind(api_version, kind)
                .map(|at| Schema::Custom(Rc::clone(owner), at)),
        })
    }
}

impl State {
    fn prepare(&mut self) {
        if self.ready {
            return;
        }
        self.ready = true;
        match &self.custom {
            Some(custom) => self.layers.push(Layer::Custom(Rc::clone(custom))),
            None => self.load_built_in(),
        }
        if self.built_in == BuiltIn::AskedFor {
            self.load_built_in();
        }
        if let Some(custom) = &self.custom {
            custom.on_built_in.set(self.built_in == BuiltIn::Loaded);
        }
    }

    fn load_built_in(&mut self) {
        self.layers.push(Layer::BuiltIn);
        self.built_in = BuiltIn::Loaded;
    }
}

impl Schema {
    pub(crate) fn field(&self, name: &str) -> Option<Self> {
        match self {
            Self::BuiltIn(place) => place.field(name).map(Self::BuiltIn),
            Self::Custom(owner, at) => owner.field(*at, name).map(|found| Self::found(owner, found)),
        }
    }

    pub(crate) fn items(&self) -> Option<Self> {
        match self {
            Self::BuiltIn(place) => place.items().map(Self::BuiltIn),
            Self::Custom(owner, at) => owner.items(*at).map(|found| Self::found(owner, found)),
        }
    }

    pub(crate) fn list_merge(&self) -> ListMerge {
        match self {
            Self::BuiltIn(place) => place.list_merge(),
            Self::Custom(owner, at) => owner.list_merge(*at),
        }
    }

    fn found(owner: &Rc<Custom>, found: Found) -> Self {
        match found {
            Found::Here(at) => Self::Custom(Rc::clone(owner), at),
            Found::BuiltIn(place) => Self::BuiltIn(place),
        }
    }
}
