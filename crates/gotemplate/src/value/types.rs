//! Go's types, as far as templates can meet them.

use std::fmt;

use super::Value;
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};

/// What `reflect.Kind` would say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// No value at all.
    Invalid,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `int64`
    Int64,
    /// `uint8`
    Uint8,
    /// `uint64`
    Uint64,
    /// `float64`
    Float64,
    /// `complex128`
    Complex128,
    /// `string`
    String,
    /// Any slice.
    Slice,
    /// Any map.
    Map,
    /// A struct held by value.
    Struct,
    /// A pointer to a struct.
    Pointer,
    /// A function.
    Func,
}

impl Kind {
    /// The name that `kindOf` prints.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint64 => "uint64",
            Self::Float64 => "float64",
            Self::Complex128 => "complex128",
            Self::String => "string",
            Self::Slice => "slice",
            Self::Map => "map",
            Self::Struct => "struct",
            Self::Pointer => "ptr",
            Self::Func => "func",
        }
    }
}

/// The type of a function's parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// `interface {}`: anything, nil too.
    Any,
    /// `reflect.Value`: anything, and whether it is there at all.
    Operand,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `int64`
    Int64,
    /// `uint32`
    Uint32,
    /// `float64`
    Float64,
    /// `string`
    String,
    /// `[]interface {}`
    List,
    /// `[]string`
    Strings,
    /// `map[string]interface {}`
    Map,
    /// A struct or another named type, told by the name that `%T` prints.
    Named(&'static str),
}

impl Type {
    /// Whether nil is a value of this type.
    pub(crate) fn takes_nil(self) -> bool {
        matches!(
            self,
            Self::Any | Self::Operand | Self::List | Self::Strings | Self::Map
        )
    }

    /// Whether a value may be passed as it is.
    pub(crate) fn accepts(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Any | Self::Operand, _)
            | (Self::Bool, Value::Bool(_))
            | (Self::Int, Value::Int(_))
            | (Self::Int64, Value::Int64(_))
            | (Self::Float64, Value::Float(_))
            | (Self::String, Value::Str(_)) => true,
            (Self::List, Value::List(list)) => list.element() == Element::Any,
            (Self::Strings, Value::List(list)) => list.element() == Element::String,
            (Self::Map, Value::Map(map)) => map.element() == Element::Any,
            (Self::Named(name), Value::Object(object)) => object.type_name() == name,
            _ => false,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "interface {}",
            Self::Operand => "reflect.Value",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int64 => "int64",
            Self::Uint32 => "uint32",
            Self::Float64 => "float64",
            Self::String => "string",
            Self::List => "[]interface {}",
            Self::Strings => "[]string",
            Self::Map => "map[string]interface {}",
            Self::Named(name) => name,
        })
    }
}

/// The type of what a list or a map holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// `interface {}`
    Any,
    /// `string`
    String,
    /// `int`
    Int,
    /// `[]uint8`
    Bytes,
    /// `[]interface {}`
    List,
}

impl Element {
    /// Go's name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::String => "string",
            Self::Int => "int",
            Self::Bytes => "[]uint8",
            Self::List => "[]interface {}",
        }
    }
}

/// A named list or map type: its name and its methods.
#[derive(Debug)]
pub struct NamedType {
    /// What `%T` prints.
    pub name: &'static str,
    /// What can be called on it.
    pub methods: &'static [Method],
}

/// The body of a method.
pub type MethodBody = fn(&Context<'_>, &Value, &Args) -> Result<Value, CallError>;

/// A method of a named type or of an object.
#[derive(Clone, Copy, Debug)]
pub struct Method {
    /// The name after the dot.
    pub name: &'static str,
    /// Types of the arguments.
    pub signature: Signature,
    /// What it does to its receiver.
    pub body: MethodBody,
}

/// Finds a method by its name.
pub(crate) fn find_method(methods: &'static [Method], name: &[u8]) -> Option<&'static Method> {
    methods.iter().find(|method| method.name.as_bytes() == name)
}
