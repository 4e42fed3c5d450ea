//! The state of one template's execution.

use std::sync::Arc;

use super::error::{ExecError, Executing, Location, Problem};
use super::limits::LimitError;
use super::{Context, Operand, stacked};
use crate::function::CallError;
use crate::parse::Tree;
use crate::parse::node::Syntax;

pub(super) type Executed<T> = Result<T, ExecError>;

pub(super) struct State<'s> {
    pub(super) context: Context<'s>,
    tree: &'s Tree,
    /// What is being executed, for error texts.
    at: Option<&'s dyn Syntax>,
    variables: Vec<(Arc<str>, Operand)>,
    output: Vec<u8>,
}

impl<'s> State<'s> {
    /// A template about to be executed on `dot`, writing behind what `output` holds.
    pub(super) fn new(context: Context<'s>, tree: &'s Tree, dot: Operand, output: Vec<u8>) -> Self {
        Self {
            context,
            tree,
            at: None,
            variables: vec![("$".into(), dot)],
            output,
        }
    }

    pub(super) fn into_output(self) -> Vec<u8> {
        self.output
    }

    pub(super) fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    pub(super) fn set_output(&mut self, output: Vec<u8>) {
        self.output = output;
    }

    pub(super) fn write(&mut self, text: &[u8]) -> Executed<()> {
        self.output.extend_from_slice(text);
        let longest = self.context.limits().text;
        if self.output.len() > longest {
            return Err(self.limit(LimitError::Text(longest)));
        }
        Ok(())
    }

    /// Remembers what is being executed.
    pub(super) fn at(&mut self, node: &'s dyn Syntax) {
        self.at = Some(node);
    }

    /// An error at the place that is being executed. The message may name what templates name, and types; one that
    /// holds a value or a constant is for [`Self::error_quoting`].
    pub(super) fn error(&self, message: impl Into<String>) -> ExecError {
        self.failure(Problem::open(message))
    }

    /// An error whose message quotes a value, or what the template holds.
    pub(super) fn error_quoting(&self, message: impl Into<String>) -> ExecError {
        self.failure(Problem::quoting(message))
    }

    /// An error that comes from a function.
    pub(super) fn call_error(&self, function: &str, error: CallError) -> ExecError {
        self.failure(Problem::of_call(function, error))
    }

    pub(super) fn limit(&self, limit: LimitError) -> ExecError {
        self.failure(limit.into())
    }

    fn failure(&self, problem: Problem) -> ExecError {
        let template = self.tree.name.to_text();
        let source = &self.tree.source;
        let Some(node) = self.at else {
            return ExecError::nowhere(&template, problem.of_template(&template, source.is_data));
        };
        let (line, column) = source.line_and_column(node.position());
        let location = Location {
            file: source.name.clone(),
            line,
            column,
        };
        let (node, outline) = stacked(|| (node.to_string(), format!("{node:#}")));
        let executing = Executing {
            template: &template,
            node: &node,
            outline: (!source.is_data).then_some(&outline),
        };
        ExecError::at(location, &executing, problem)
    }

    pub(super) fn step(&self) -> Executed<()> {
        self.context.spend(1).map_err(|limit| self.limit(limit))
    }

    pub(super) fn variable_count(&self) -> usize {
        self.variables.len()
    }

    pub(super) fn forget_variables(&mut self, count: usize) {
        self.variables.truncate(count);
    }

    pub(super) fn declare(&mut self, name: &Arc<str>, value: Operand) {
        self.variables.push((Arc::clone(name), value));
    }

    pub(super) fn assign(&mut self, name: &str, value: Operand) -> Executed<()> {
        match self
            .variables
            .iter_mut()
            .rev()
            .find(|(known, _)| &**known == name)
        {
            Some((_, slot)) => {
                *slot = value;
                Ok(())
            }
            None => Err(self.error(format!("undefined variable: {name}"))),
        }
    }

    /// Sets one of the variables declared last, counted from the end.
    pub(super) fn set_top(&mut self, from_end: usize, value: Operand) {
        let count = self.variables.len();
        if let Some((_, slot)) = count
            .checked_sub(from_end)
            .and_then(|at| self.variables.get_mut(at))
        {
            *slot = value;
        }
    }

    pub(super) fn variable(&self, name: &str) -> Executed<Operand> {
        match self.variables.iter().rev().find(|(known, _)| &**known == name) {
            Some((_, value)) => Ok(value.clone()),
            None => Err(self.error(format!("undefined variable: {name}"))),
        }
    }
}
