//! Evaluates fields and methods.

use std::sync::Arc;

use super::call::Callee;
use super::state::{Executed, State};
use super::{Operand, stacked};
use crate::parse::node::{self, Term};
use crate::template::MissingKey;
use crate::text::quote;
use crate::value::types::find_method;
use crate::value::{Method, Value};

impl<'s> State<'s> {
    /// `(pipeline).field` or `function.field`
    pub(super) fn chain(
        &mut self,
        dot: &Operand,
        chain: &'s node::Operand,
        base: &'s node::Operand,
        fields: &'s [Arc<str>],
        words: Option<&'s [node::Operand]>,
        last: Option<Operand>,
    ) -> Executed<Operand> {
        self.at(chain);
        let receiver = match &base.term {
            Term::Pipe(pipe) => {
                self.at(base);
                stacked(|| self.pipeline(dot, pipe))?
            }
            Term::Identifier(name) => {
                self.at(base);
                self.function(dot, base, name, base, &[], None)?
            }
            _ => return Err(self.error_quoting(format!("can't evaluate command {base}"))),
        };
        self.fields(dot, receiver, chain, fields, words, last)
    }

    /// Fields of fields; only the last may be given arguments.
    pub(super) fn fields(
        &mut self,
        dot: &Operand,
        mut receiver: Operand,
        node: &'s node::Operand,
        fields: &'s [Arc<str>],
        words: Option<&'s [node::Operand]>,
        last: Option<Operand>,
    ) -> Executed<Operand> {
        let Some((final_field, path)) = fields.split_last() else {
            return Ok(receiver);
        };
        for field in path {
            receiver = self.field(dot, receiver, node, field, None, None)?;
        }
        self.field(dot, receiver, node, final_field, words, last)
    }

    fn field(
        &mut self,
        dot: &Operand,
        receiver: Operand,
        node: &'s node::Operand,
        name: &'s str,
        words: Option<&'s [node::Operand]>,
        last: Option<Operand>,
    ) -> Executed<Operand> {
        if receiver.is_absent() {
            if self.context.templates.missing_key() == MissingKey::Error {
                let key = quote::quoted(name.as_bytes());
                return Err(self.error(format!("nil data; no entry for key {key}")));
            }
            return Ok(Operand::absent());
        }
        if receiver.is_boxed_nil() {
            return Err(self.error(format!("nil pointer evaluating interface {{}}.{name}")));
        }
        if let Some(method) = method_of(&receiver.value, name) {
            let callee = Callee::Method(method, receiver.value);
            let words = words.unwrap_or_default();
            return self.call(dot, &callee, name, node, words, last);
        }
        let has_arguments = words.is_some_and(|words| words.len() > 1) || last.is_some();
        match &receiver.value {
            Value::Map(map) => {
                if has_arguments {
                    return Err(self.error(format!("{name} is not a method but has arguments")));
                }
                match map.get(name) {
                    Some(value) => Ok(Operand::element(map.element(), value)),
                    None => self.missing_key(map.element(), name),
                }
            }
            Value::Object(object) if let Some(value) = object.field(name) => {
                if has_arguments {
                    return Err(self.error(format!("{name} has arguments but cannot be invoked as function")));
                }
                Ok(value.into())
            }
            _ => Err(self.error(format!(
                "can't evaluate field {name} in type {}",
                receiver.static_type()
            ))),
        }
    }

    fn missing_key(&self, element: crate::value::Element, name: &str) -> Executed<Operand> {
        match self.context.templates.missing_key() {
            MissingKey::Invalid => Ok(Operand::absent()),
            MissingKey::Zero => Ok(Operand::zero(element)),
            MissingKey::Error => {
                let key = quote::quoted(name.as_bytes());
                Err(self.error(format!("map has no entry for key {key}")))
            }
        }
    }
}

fn method_of(value: &Value, name: &str) -> Option<&'static Method> {
    let methods = match value {
        Value::Map(map) => map.named_type()?.methods,
        Value::List(list) => list.named_type()?.methods,
        Value::Object(object) => object.methods(),
        _ => return None,
    };
    find_method(methods, name.as_bytes())
}
