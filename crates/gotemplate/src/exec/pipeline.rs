//! Evaluates pipelines and commands.

use super::state::{Executed, State};
use super::{Operand, stacked};
use crate::parse::node::{self, Command, Pipe, Term};
use crate::parse::number::Number;
use crate::text::quote;
use crate::value::Value;

impl<'s> State<'s> {
    /// Evaluates the commands in turn, each with the value of the one before, and keeps the last value in the variables.
    pub(super) fn pipeline(&mut self, dot: &Operand, pipe: &'s Pipe) -> Executed<Operand> {
        self.at(pipe);
        let mut value = None;
        for command in &pipe.commands {
            value = Some(self.command(dot, command, value)?.unboxed());
        }
        let value = value.unwrap_or_default();
        for variable in &pipe.variables {
            if pipe.assigns {
                self.assign(variable, value.clone())?;
            } else {
                self.declare(variable, value.clone());
            }
        }
        Ok(value)
    }

    fn command(&mut self, dot: &Operand, command: &'s Command, last: Option<Operand>) -> Executed<Operand> {
        self.step()?;
        let first = &command.words[0];
        match &first.term {
            Term::Field(fields) => {
                self.at(first);
                self.fields(dot, dot.clone(), first, fields, Some(&command.words), last)
            }
            Term::Chain { base, fields } => self.chain(dot, first, base, fields, Some(&command.words), last),
            Term::Identifier(name) => self.function(dot, first, name, command, &command.words, last),
            Term::Pipe(pipe) => {
                self.no_arguments(&command.words, last.as_ref())?;
                stacked(|| self.pipeline(dot, pipe))
            }
            Term::Variable { name, fields } if fields.is_empty() => {
                self.at(first);
                let value = self.variable(name)?;
                self.no_arguments(&command.words, last.as_ref())?;
                Ok(value)
            }
            Term::Variable { name, fields } => {
                self.at(first);
                let receiver = self.variable(name)?;
                self.fields(dot, receiver, first, fields, Some(&command.words), last)
            }
            Term::Bool(_) | Term::Dot | Term::Nil | Term::Number(_) | Term::String { .. } => {
                self.at(first);
                self.no_arguments(&command.words, last.as_ref())?;
                self.constant(dot, first)
            }
        }
    }

    fn constant(&mut self, dot: &Operand, word: &'s node::Operand) -> Executed<Operand> {
        match &word.term {
            Term::Bool(value) => Ok(Value::Bool(*value).into()),
            Term::Dot => Ok(dot.clone()),
            Term::Number(number) => self.number(word, number),
            Term::String { value, .. } => Ok(Value::Str(value.clone()).into()),
            Term::Nil => Err(self.error("nil is not a command")),
            _ => Err(self.error_quoting(format!(
                "can't evaluate command {}",
                quote::quoted(word.to_string().as_bytes())
            ))),
        }
    }

    fn no_arguments(&self, words: &[node::Operand], last: Option<&Operand>) -> Executed<()> {
        if words.len() > 1 || last.is_some() {
            return Err(self.error_quoting(format!("can't give argument to non-function {}", words[0])));
        }
        Ok(())
    }

    /// A constant where no type is asked for: the type comes from how it is written.
    pub(super) fn number(&mut self, word: &'s node::Operand, number: &Number) -> Executed<Operand> {
        self.at(word);
        let value = match (number.complex, number.float, number.int) {
            (Some((real, imaginary)), ..) => Value::Complex(real, imaginary),
            (None, Some(float), _) if number.looks_float() => Value::Float(float),
            (None, _, Some(int)) => Value::Int(int),
            _ => return Err(self.error_quoting(format!("{} overflows int", number.text))),
        };
        Ok(value.into())
    }
}
