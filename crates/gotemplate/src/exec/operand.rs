//! Values together with what is known of them statically.

use std::borrow::Cow;

use crate::value::{Element, Str, Value};

/// A value as an expression gives it: Go's `reflect.Value`.
///
/// Nil that is not boxed is no value at all (a key that is missing), boxed nil is an `interface {}` that holds nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Operand {
    pub(crate) value: Value,
    /// Whether its static type is `interface {}`.
    pub(crate) boxed: bool,
}

impl Operand {
    /// No value.
    pub(crate) fn absent() -> Self {
        Self::default()
    }

    /// A value that comes out of an `interface {}`.
    pub(crate) fn boxed(value: Value) -> Self {
        Self { value, boxed: true }
    }

    /// A value that comes out of a container of the given element type.
    pub(crate) fn element(element: Element, value: Value) -> Self {
        Self {
            value,
            boxed: element == Element::Any,
        }
    }

    /// The zero value of an element type.
    pub(crate) fn zero(element: Element) -> Self {
        let value = match element {
            Element::Any => return Self::boxed(Value::Nil),
            Element::String => Value::from(""),
            Element::Int => Value::Int(0),
            Element::Bytes => Value::Bytes(Str::default()),
            Element::List => Value::List(crate::value::List::nil(Element::Any)),
        };
        value.into()
    }

    /// Whether there is no value at all.
    pub(crate) fn is_absent(&self) -> bool {
        !self.boxed && matches!(self.value, Value::Nil)
    }

    /// Whether it is an `interface {}` that holds nothing.
    pub(crate) fn is_boxed_nil(&self) -> bool {
        self.boxed && matches!(self.value, Value::Nil)
    }

    /// Name of the static type.
    pub(crate) fn static_type(&self) -> Cow<'static, str> {
        if self.boxed {
            "interface {}".into()
        } else {
            self.value.type_name()
        }
    }

    /// The same value without the box.
    pub(crate) fn unboxed(self) -> Self {
        self.value.into()
    }
}

impl From<Value> for Operand {
    fn from(value: Value) -> Self {
        Self { value, boxed: false }
    }
}
