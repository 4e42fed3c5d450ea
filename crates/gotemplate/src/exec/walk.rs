//! Executes statements.

use super::state::{Executed, State};
use super::{LimitError, Operand, stacked};
use crate::fmt;
use crate::parse::node::{Block, Branch, BranchKind, Invocation, Statement};
use crate::text::quote;
use crate::value::{Kind, Value};

/// How a block ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl<'s> State<'s> {
    pub(super) fn block(&mut self, dot: &Operand, block: &'s Block) -> Executed<Flow> {
        self.at(block);
        for statement in &block.statements {
            let flow = self.statement(dot, statement)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn statement(&mut self, dot: &Operand, statement: &'s Statement) -> Executed<Flow> {
        self.at(statement);
        self.step()?;
        match statement {
            Statement::Text { text, .. } => self.write(text)?,
            Statement::Action { pipe, .. } => {
                let value = self.pipeline(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.at(statement);
                    self.print(statement, &value)?;
                }
            }
            Statement::Branch(branch) if branch.kind == BranchKind::Range => {
                return stacked(|| self.range(dot, branch));
            }
            Statement::Branch(branch) => return stacked(|| self.branch(dot, branch)),
            Statement::Template(invocation) => self.invoke(dot, invocation)?,
            Statement::Break { .. } => return Ok(Flow::Break),
            Statement::Continue { .. } => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    /// `if` and `with`.
    fn branch(&mut self, dot: &Operand, branch: &'s Branch) -> Executed<Flow> {
        let declared = self.variable_count();
        let value = self.pipeline(dot, &branch.pipe)?;
        let flow = if value.value.is_true() {
            let inner = if branch.kind == BranchKind::With {
                &value
            } else {
                dot
            };
            self.block(inner, &branch.body)?
        } else if let Some(otherwise) = &branch.otherwise {
            self.block(dot, otherwise)?
        } else {
            Flow::Next
        };
        self.forget_variables(declared);
        Ok(flow)
    }

    fn invoke(&mut self, dot: &Operand, invocation: &'s Invocation) -> Executed<()> {
        let context = self.context;
        let Some(tree) = context.templates.get(&invocation.name) else {
            let name = quote::quoted(&invocation.name);
            return Err(self.error(format!("template {name} not defined")));
        };
        let deepest = context.limits().depth;
        if context.executor.meter.at_deepest() {
            return Err(self.limit(LimitError::Depth(deepest)));
        }
        let dot = match &invocation.pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Operand::absent(),
        };
        let output = self.take_output();
        let output = context.executor.meter.deeper(|| {
            let mut inner = State::new(context, tree, dot.clone(), output);
            inner.block(&dot, &tree.root)?;
            Executed::Ok(inner.into_output())
        })?;
        self.set_output(output);
        Ok(())
    }

    fn print(&mut self, statement: &Statement, operand: &Operand) -> Executed<()> {
        match &operand.value {
            Value::Str(text) => self.write(text),
            Value::Nil => self.write(b"<no value>"),
            Value::Function(_) => {
                let ty = operand.value.type_name();
                Err(self.error_quoting(format!("can't print {statement} of type {ty}")))
            }
            Value::Object(object) if let Some(text) = object.text_in_place() => self.write(&text),
            value => {
                let text = fmt::print_all(&self.context, [value]).map_err(|limit| self.limit(limit))?;
                // what a pointer points to is printed
                let is_pointer = value.kind() == Kind::Pointer;
                let bare = text.strip_prefix(b"&").filter(|_| is_pointer);
                self.write(bare.unwrap_or(&text))
            }
        }
    }
}
