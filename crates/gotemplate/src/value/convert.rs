//! Conversions from Rust's types.

use std::rc::Rc;

use super::{List, Map, Object, Str, Value};

macro_rules! from {
    ($($source:ty => $variant:ident),* $(,)?) => {
        $(impl From<$source> for Value {
            fn from(value: $source) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

from! {
    bool => Bool,
    f64 => Float,
    &str => Str,
    String => Str,
    Str => Str,
    List => List,
    Vec<Value> => List,
    Map => Map,
}

impl From<Rc<dyn Object>> for Value {
    fn from(object: Rc<dyn Object>) -> Self {
        Self::Object(object)
    }
}

impl<V: Into<Self>> From<Option<V>> for Value {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::Nil, Into::into)
    }
}
