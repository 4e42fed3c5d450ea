//! Structs with fields and methods.

use std::any::Any;
use std::fmt;

use super::types::{Kind, Method};
use super::{Str, Value};

/// A Go struct, or a pointer to one, as templates see it.
pub trait Object: Any {
    /// What `%T` prints.
    fn type_name(&self) -> &'static str;

    /// `Kind::Struct`, or `Kind::Pointer` for a type that is used by pointer.
    fn kind(&self) -> Kind {
        Kind::Struct
    }

    /// The exported fields, in the order of the struct.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// One field.
    fn field(&self, name: &str) -> Option<Value> {
        self.fields()
            .into_iter()
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value)
    }

    /// What can be called on it.
    fn methods(&self) -> &'static [Method] {
        &[]
    }

    /// The text of its `String` or `Error` method, if it has one.
    fn text(&self) -> Option<Str> {
        None
    }

    /// What a template prints where it meets the object itself, a field or a variable, not a copy that a function
    /// was given: there the `String` method of the pointer counts too.
    fn text_in_place(&self) -> Option<Str> {
        self.text()
    }

    /// What `encoding/json` makes of it; an object of its fields if it has no way of its own.
    fn to_json(&self) -> Value {
        Value::Map(self.fields().into_iter().collect())
    }

    /// Equality as `==` and `reflect.DeepEqual` see it.
    fn equals(&self, other: &dyn Object) -> bool;
}

impl fmt::Debug for dyn Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // only the type: a field may hold a private key
        f.write_str(self.type_name())
    }
}

impl dyn Object {
    /// The object as the Rust type that it is.
    pub fn downcast_ref<T: Object>(&self) -> Option<&T> {
        (self as &dyn Any).downcast_ref()
    }
}
