//! Functions that templates can call, and the registry that names them.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use crate::exec::{Context, ExecError, LimitError, Operand};
use crate::parse::ParseError;
use crate::value::{List, Map, Str, Type, Value};

/// Types of a function's parameters; the last may stand for any number of arguments.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    pub(crate) params: &'static [Type],
    pub(crate) variadic: Option<Type>,
}

impl Signature {
    /// A fixed number of parameters.
    pub const fn new(params: &'static [Type]) -> Self {
        Self {
            params,
            variadic: None,
        }
    }

    /// Parameters, followed by any number of arguments of one more type.
    pub const fn variadic(params: &'static [Type], rest: Type) -> Self {
        Self {
            params,
            variadic: Some(rest),
        }
    }

    /// Type of the argument at an index.
    pub(crate) fn type_at(&self, index: usize) -> Option<Type> {
        self.params.get(index).copied().or(self.variadic)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fixed = self.params.iter().map(Type::to_string);
        let rest = self.variadic.iter().map(|ty| format!("...{ty}"));
        write!(f, "func({})", fixed.chain(rest).collect::<Vec<_>>().join(", "))
    }
}

/// A function in Rust.
pub type Native = fn(&Context<'_>, &Args) -> Result<Value, CallError>;

/// A function with what it has captured.
pub type Closure = dyn Fn(&Context<'_>, &Args) -> Result<Value, CallError>;

/// A function of templates.
pub struct Function {
    pub(crate) signature: Signature,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    Native(Native),
    Closure(Box<Closure>),
    /// `and`: evaluates its arguments up to the first that is false.
    And,
    /// `or`: evaluates its arguments up to the first that is true.
    Or,
    /// `call`
    Call,
}

impl Function {
    /// A function in Rust.
    pub fn native(signature: Signature, body: Native) -> Self {
        Self {
            signature,
            body: Body::Native(body),
        }
    }

    /// A function with what it has captured.
    pub fn closure(
        signature: Signature,
        body: impl Fn(&Context<'_>, &Args) -> Result<Value, CallError> + 'static,
    ) -> Self {
        Self {
            signature,
            body: Body::Closure(Box::new(body)),
        }
    }

    pub(crate) fn type_name(&self) -> String {
        self.signature.to_string()
    }

    /// Calls it; the arguments have been checked.
    pub(crate) fn call(&self, context: &Context<'_>, args: &Args) -> Result<Value, CallError> {
        match &self.body {
            Body::Native(body) => body(context, args),
            Body::Closure(body) => body(context, args),
            Body::And | Body::Or | Body::Call => Err(CallError::new("cannot be called as a value")),
        }
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.signature.fmt(f)
    }
}

/// Functions by name; a clone is cheap and changes on its own.
#[derive(Clone, Debug)]
pub struct Functions(Rc<HashMap<&'static str, Rc<Function>>>);

impl Functions {
    /// The functions of `text/template` alone.
    pub fn builtins() -> Self {
        let mut functions = Self(Rc::new(HashMap::new()));
        functions.extend(crate::builtin::functions());
        functions
    }

    /// Those of `text/template` and sprig.
    pub fn sprig() -> Self {
        let mut functions = Self::builtins();
        functions.extend(crate::sprig::functions());
        functions
    }

    /// Adds a function, or replaces the one of that name.
    pub fn insert(&mut self, name: &'static str, function: Function) {
        Rc::make_mut(&mut self.0).insert(name, Rc::new(function));
    }

    /// Takes a function away: templates that name it no longer parse.
    pub fn remove(&mut self, name: &str) {
        Rc::make_mut(&mut self.0).remove(name);
    }

    /// Whether there is such a function.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Names of all functions, in no order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.keys().copied()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Rc<Function>> {
        self.0.get(name)
    }
}

impl Extend<(&'static str, Function)> for Functions {
    fn extend<I: IntoIterator<Item = (&'static str, Function)>>(&mut self, functions: I) {
        let map = Rc::make_mut(&mut self.0);
        map.extend(
            functions
                .into_iter()
                .map(|(name, function)| (name, Rc::new(function))),
        );
    }
}

/// Arguments, checked against the signature: the typed getters are for parameters of that type.
#[derive(Debug)]
pub struct Args(pub(crate) Vec<Operand>);

impl Args {
    /// Number of arguments.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Any argument.
    pub fn value(&self, index: usize) -> &Value {
        &self.0[index].value
    }

    /// An argument of a `bool` parameter.
    pub fn bool(&self, index: usize) -> bool {
        matches!(self.value(index), Value::Bool(true))
    }

    /// An argument of an `int`, `int64` or `uint32` parameter.
    pub fn int(&self, index: usize) -> i64 {
        match self.value(index) {
            Value::Int(int) | Value::Int64(int) => *int,
            Value::Uint64(uint) => *uint as i64,
            other => unreachable!("the signature admitted {} as an integer", other.type_name()),
        }
    }

    /// An argument of a `float64` parameter.
    pub fn float(&self, index: usize) -> f64 {
        match self.value(index) {
            Value::Float(float) => *float,
            other => unreachable!("the signature admitted {} as a float", other.type_name()),
        }
    }

    /// An argument of a `string` parameter.
    pub fn str(&self, index: usize) -> &Str {
        match self.value(index) {
            Value::Str(text) => text,
            other => unreachable!("the signature admitted {} as a string", other.type_name()),
        }
    }

    /// An argument of a `map[string]interface {}` parameter.
    pub fn map(&self, index: usize) -> &Map {
        match self.value(index) {
            Value::Map(map) => map,
            other => unreachable!("the signature admitted {} as a map", other.type_name()),
        }
    }

    /// An argument of a `[]interface {}` parameter.
    pub fn list(&self, index: usize) -> &List {
        match self.value(index) {
            Value::List(list) => list,
            other => unreachable!("the signature admitted {} as a list", other.type_name()),
        }
    }

    /// The arguments from an index on.
    pub fn rest(&self, from: usize) -> impl ExactSizeIterator<Item = &Value> + Clone {
        self.0
            .get(from..)
            .unwrap_or_default()
            .iter()
            .map(|operand| &operand.value)
    }

    pub(crate) fn operand(&self, index: usize) -> &Operand {
        &self.0[index]
    }
}

/// Why a function failed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// In the words of the function.
    #[error("{0}")]
    Message(String),
    /// A template that it executed failed.
    #[error(transparent)]
    Exec(Box<ExecError>),
    /// A template that it parsed does not parse.
    #[error(transparent)]
    Parse(ParseError),
    /// A limit is reached.
    #[error(transparent)]
    Limit(LimitError),
    /// In the words of the function, around those of another error.
    #[error("{text}")]
    Wrapped {
        /// The whole text, that of the cause included.
        text: String,
        /// The error within.
        cause: Box<Self>,
    },
}

impl CallError {
    /// An error with a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }

    /// An error with a text of its own around another error, as `%w` makes it.
    pub fn wrap(text: impl Into<String>, cause: impl Into<Self>) -> Self {
        Self::Wrapped {
            text: text.into(),
            cause: Box::new(cause.into()),
        }
    }

    /// The error within, as `errors.Unwrap` gives it.
    pub fn cause(&self) -> Option<&Self> {
        match self {
            Self::Wrapped { cause, .. } => Some(cause),
            Self::Exec(error) => error.cause(),
            _ => None,
        }
    }

    /// What is known without the words of functions, which quote values.
    pub(crate) fn outline(&self) -> Option<String> {
        match self {
            Self::Message(_) => None,
            Self::Exec(error) => Some(error.outline().to_owned()),
            Self::Parse(error) => Some(error.outline()),
            Self::Limit(limit) => Some(limit.to_string()),
            Self::Wrapped { cause, .. } => cause.outline(),
        }
    }

    /// The limit that was reached, however deep within.
    pub fn limit(&self) -> Option<LimitError> {
        match self {
            Self::Limit(limit) => Some(*limit),
            other => other.cause().and_then(Self::limit),
        }
    }
}

impl From<ExecError> for CallError {
    fn from(error: ExecError) -> Self {
        Self::Exec(Box::new(error))
    }
}

impl From<ParseError> for CallError {
    fn from(error: ParseError) -> Self {
        Self::Parse(error)
    }
}

impl From<LimitError> for CallError {
    fn from(error: LimitError) -> Self {
        Self::Limit(error)
    }
}
