//! Evaluates arguments and checks their types.

use super::state::{Executed, State};
use super::{Operand, stacked};
use crate::parse::node::{self, Term};
use crate::value::{Element, List, Map, Type, Value};

impl<'s> State<'s> {
    /// Evaluates a word as an argument of the given type.
    pub(super) fn argument(&mut self, dot: &Operand, ty: Type, word: &'s node::Operand) -> Executed<Operand> {
        self.at(word);
        let value = match &word.term {
            Term::Dot => dot.clone(),
            Term::Nil if ty.takes_nil() => Operand::absent(),
            Term::Nil => return Err(self.error(format!("cannot assign nil to {ty}"))),
            Term::Field(fields) => self.fields(dot, dot.clone(), word, fields, None, None)?,
            Term::Variable { name, fields } => {
                let receiver = self.variable(name)?;
                self.fields(dot, receiver, word, fields, None, None)?
            }
            Term::Pipe(pipe) => stacked(|| self.pipeline(dot, pipe))?,
            Term::Identifier(name) => self.function(dot, word, name, word, &[], None)?,
            Term::Chain { base, fields } => self.chain(dot, word, base, fields, None, None)?,
            Term::Bool(_) | Term::Number(_) | Term::String { .. } => return self.literal(ty, word),
        };
        self.checked(value, ty)
    }

    /// A constant takes the type that is asked for, if it can.
    fn literal(&mut self, ty: Type, word: &'s node::Operand) -> Executed<Operand> {
        let value = match (ty, &word.term) {
            (Type::Any | Type::Operand | Type::Bool, Term::Bool(value)) => Value::Bool(*value),
            (Type::Any | Type::Operand, Term::Number(number)) => return self.number(word, number),
            (Type::Any | Type::Operand | Type::String, Term::String { value, .. }) => {
                Value::Str(value.clone())
            }
            (Type::Int, Term::Number(number)) if let Some(int) = number.int => Value::Int(int),
            (Type::Int64, Term::Number(number)) if let Some(int) = number.int => Value::Int64(int),
            (Type::Uint32, Term::Number(number)) if let Some(uint) = number.uint => {
                Value::Uint64(u64::from(uint as u32))
            }
            (Type::Float64, Term::Number(number)) if let Some(float) = number.float => Value::Float(float),
            _ => return Err(self.error_quoting(unsuitable(ty, word))),
        };
        Ok(value.into())
    }

    /// The value as a parameter of the given type receives it.
    pub(super) fn checked(&self, operand: Operand, ty: Type) -> Executed<Operand> {
        if operand.is_absent() {
            return match ty {
                Type::Any | Type::Operand => Ok(operand),
                Type::List => Ok(Value::List(List::nil(Element::Any)).into()),
                Type::Strings => Ok(Value::List(List::nil(Element::String)).into()),
                Type::Map => Ok(Value::Map(Map::nil()).into()),
                _ => Err(self.error(format!("invalid value; expected {ty}"))),
            };
        }
        if !ty.accepts(&operand.value) {
            let got = if operand.is_boxed_nil() {
                "interface {}".into()
            } else {
                operand.value.type_name()
            };
            return Err(self.error(format!("wrong type for value; expected {ty}; got {got}")));
        }
        match (ty, operand.value) {
            (Type::Map, Value::Map(map)) => Ok(Value::Map(map.unnamed()).into()),
            (Type::Operand, value) => Ok(Operand {
                value,
                boxed: operand.boxed,
            }),
            (_, value) => Ok(value.into()),
        }
    }
}

/// Why a constant cannot be of a type.
fn unsuitable(ty: Type, word: &node::Operand) -> String {
    let expected = match ty {
        Type::Bool => "bool",
        Type::Int | Type::Int64 => "integer",
        Type::Uint32 => "unsigned integer",
        Type::Float64 => "float",
        Type::String => "string",
        _ => return format!("can't handle {word} for arg of type {ty}"),
    };
    format!("expected {expected}; found {word}")
}
