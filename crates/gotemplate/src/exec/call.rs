//! Calls functions and methods.

use std::rc::Rc;

use super::state::{Executed, State};
use super::{Context, Operand};
use crate::function::{Args, Body, CallError, Function, Signature};
use crate::parse::node::{self, Syntax};
use crate::text::quote;
use crate::value::{Method, Type, Value};

/// What is called.
pub(super) enum Callee {
    Function(Rc<Function>),
    Method(&'static Method, Value),
}

impl Callee {
    fn signature(&self) -> Signature {
        match self {
            Self::Function(function) => function.signature,
            Self::Method(method, _) => method.signature,
        }
    }

    fn run(&self, context: &Context<'_>, args: &Args) -> Result<Value, CallError> {
        match self {
            Self::Function(function) => function.call(context, args),
            Self::Method(method, receiver) => (method.body)(context, receiver, args),
        }
    }
}

impl<'s> State<'s> {
    /// Calls a function by its name. Its own word comes first in `words`, which may be empty.
    pub(super) fn function(
        &mut self,
        dot: &Operand,
        word: &'s node::Operand,
        name: &'s str,
        node: &'s dyn Syntax,
        words: &'s [node::Operand],
        last: Option<Operand>,
    ) -> Executed<Operand> {
        self.at(word);
        let Some(function) = self.context.functions_in_use().get(name) else {
            return Err(self.error(format!(
                "{} is not a defined function",
                quote::quoted(name.as_bytes())
            )));
        };
        let callee = Callee::Function(Rc::clone(function));
        self.call(dot, &callee, name, node, words, last)
    }

    pub(super) fn call(
        &mut self,
        dot: &Operand,
        callee: &Callee,
        name: &str,
        node: &'s dyn Syntax,
        words: &'s [node::Operand],
        last: Option<Operand>,
    ) -> Executed<Operand> {
        let words = words.get(1..).unwrap_or_default();
        let signature = callee.signature();
        self.check_count(signature, name, words.len(), last.is_some())?;
        if let Callee::Function(function) = callee {
            match function.body {
                Body::And => return self.short_circuit(dot, words, last, false),
                Body::Or => return self.short_circuit(dot, words, last, true),
                Body::Native(_) | Body::Closure(_) | Body::Call => {}
            }
        }
        let mut args = Vec::with_capacity(words.len() + 1);
        for word in words {
            let ty = signature.type_at(args.len()).unwrap_or(Type::Any);
            args.push(self.argument(dot, ty, word)?);
        }
        if let Some(last) = last {
            let ty = signature.type_at(args.len()).unwrap_or(Type::Any);
            args.push(self.checked(last, ty)?);
        }
        let args = Args(args);
        let result = match callee {
            Callee::Function(function) if matches!(function.body, Body::Call) => {
                let name = words.first().map_or_else(
                    || crate::fmt::shown(&self.context, args.value(0)),
                    ToString::to_string,
                );
                crate::builtin::call(&self.context, &name, &args)
            }
            _ => callee.run(&self.context, &args),
        };
        match result.and_then(|value| self.paid(value)) {
            Ok(value) => Ok(value.into()),
            Err(error) => {
                self.at(node);
                Err(self.call_error(name, error))
            }
        }
    }

    fn check_count(&self, signature: Signature, name: &str, words: usize, has_last: bool) -> Executed<()> {
        let (given, fixed) = (words + usize::from(has_last), signature.params.len());
        if signature.variadic.is_some() && given < fixed {
            return Err(self.error(format!(
                "wrong number of args for {name}: want at least {fixed} got {words}"
            )));
        }
        if signature.variadic.is_none() && given != fixed {
            return Err(self.error(format!(
                "wrong number of args for {name}: want {fixed} got {given}"
            )));
        }
        Ok(())
    }

    /// Evaluates arguments until one decides the result.
    fn short_circuit(
        &mut self,
        dot: &Operand,
        words: &'s [node::Operand],
        last: Option<Operand>,
        deciding: bool,
    ) -> Executed<Operand> {
        let mut value = Operand::absent();
        for word in words {
            value = self.argument(dot, Type::Operand, word)?;
            if value.value.is_true() == deciding {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    /// Books what a function has made.
    fn paid(&self, value: Value) -> Result<Value, CallError> {
        match &value {
            Value::Str(text) | Value::Bytes(text) => self.context.allocate(text.len())?,
            Value::List(list) => self.context.allocate(size_of_val(list.items()))?,
            _ => {}
        }
        Ok(value)
    }
}
