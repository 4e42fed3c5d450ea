//! Executes templates.

mod argument;
mod call;
mod changed;
mod error;
mod field;
mod limits;
mod operand;
mod pipeline;
mod range;
mod state;
mod walk;

use changed::Changed;
use error::Problem;
pub use error::{ExecError, Location};
use limits::Meter;
pub use limits::{Cancellation, LimitError, Limits};
pub(crate) use limits::{VALUE_DEPTH, stacked};
pub(crate) use operand::Operand;
use state::State;

use crate::environment::Environment;
use crate::function::Functions;
use crate::template::TemplateSet;
use crate::text::quote;
use crate::value::{Map, Str, Value};

/// Executes templates of one render, within one set of limits.
pub struct Executor<'e> {
    functions: &'e Functions,
    environment: &'e dyn Environment,
    meter: Meter,
    changed: Changed,
}

impl<'e> Executor<'e> {
    /// An executor that has spent nothing yet.
    pub fn new(functions: &'e Functions, environment: &'e dyn Environment, limits: Limits) -> Self {
        Self::cancellable(functions, environment, limits, Cancellation::default())
    }

    /// An executor that can be stopped.
    pub fn cancellable(
        functions: &'e Functions,
        environment: &'e dyn Environment,
        limits: Limits,
        cancellation: Cancellation,
    ) -> Self {
        Self {
            functions,
            environment,
            meter: Meter::new(limits, cancellation),
            changed: Changed::default(),
        }
    }

    /// Fails if the caller cancelled; for work around the execution.
    pub fn check_cancelled(&self) -> Result<(), LimitError> {
        self.meter.check_cancelled()
    }

    /// Empties the maps that templates put something into and that still live, so that those which hold themselves are
    /// freed. Nothing of the data is of use afterwards.
    pub fn dissolve_changed(&self) {
        self.changed.dissolve();
    }

    /// Executes one template of a set.
    pub fn execute(&self, set: &TemplateSet, name: &str, data: &Value) -> Result<Vec<u8>, ExecError> {
        Context {
            executor: self,
            templates: set,
        }
        .run(name, data)
    }
}

/// What a function may use while it is called.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    executor: &'c Executor<'c>,
    templates: &'c TemplateSet,
}

impl<'c> Context<'c> {
    fn functions_in_use(&self) -> &'c Functions {
        self.executor.functions
    }

    /// The templates that are being executed.
    pub fn templates(&self) -> &TemplateSet {
        self.templates
    }

    /// The functions that templates can call.
    pub fn functions(&self) -> &Functions {
        self.executor.functions
    }

    /// Time, randomness, variables.
    pub fn environment(&self) -> &dyn Environment {
        self.executor.environment
    }

    /// The limits of the render.
    pub fn limits(&self) -> &Limits {
        &self.executor.meter.limits
    }

    /// Counts work that a function is about to do.
    pub fn spend(&self, steps: usize) -> Result<(), LimitError> {
        self.executor.meter.spend(steps as u64)
    }

    /// Puts a value into a map; false for the nil map.
    pub(crate) fn put(&self, map: &Map, key: Str, value: Value) -> bool {
        if value.is_container() {
            self.executor.changed.remember(map);
        }
        map.insert(key, value)
    }

    /// Counts bytes that a function is about to make.
    pub fn allocate(&self, bytes: usize) -> Result<(), LimitError> {
        self.executor.meter.allocate(bytes)
    }

    /// Executes a template of the set that is being executed.
    pub fn execute(&self, name: &str, data: &Value) -> Result<Vec<u8>, ExecError> {
        self.run(name, data)
    }

    /// Executes a template of another set, within the limits of this render.
    pub fn execute_in(&self, set: &TemplateSet, name: &str, data: &Value) -> Result<Vec<u8>, ExecError> {
        Context {
            executor: self.executor,
            templates: set,
        }
        .run(name, data)
    }

    fn run(&self, name: &str, data: &Value) -> Result<Vec<u8>, ExecError> {
        let Some(tree) = self.templates.get(name.as_bytes()) else {
            let wanted = quote::quoted(name.as_bytes());
            let set = quote::quoted(self.templates.name().as_bytes());
            let text = format!("template: no template {wanted} associated with template {set}");
            return Err(ExecError::nowhere(name, Problem::quoting(text)));
        };
        self.executor.meter.deeper(|| {
            let dot = Operand::from(data.clone());
            let mut state = State::new(*self, tree, dot.clone(), Vec::new());
            state.block(&dot, &tree.root)?;
            Ok(state.into_output())
        })
    }
}
