//! Go's slices.

use std::rc::Rc;

use super::types::{Element, NamedType};
use super::{Value, release};

/// A slice: immutable once made, shared by its clones. A nil slice is empty but prints as `null` in JSON.
#[derive(Clone, Debug)]
pub struct List {
    element: Element,
    named: Option<&'static NamedType>,
    items: Option<Rc<Items>>,
}

#[derive(Debug)]
struct Items(Vec<Value>);

impl Drop for Items {
    fn drop(&mut self) {
        release(std::mem::take(&mut self.0));
    }
}

impl List {
    /// A list whose items have the given type.
    pub fn of(element: Element, items: Vec<Value>) -> Self {
        Self {
            element,
            named: None,
            items: Some(Rc::new(Items(items))),
        }
    }

    /// The nil list.
    pub fn nil(element: Element) -> Self {
        Self {
            element,
            named: None,
            items: None,
        }
    }

    /// The same list as a value of a named type.
    #[must_use]
    pub fn named(mut self, named: &'static NamedType) -> Self {
        self.named = Some(named);
        self
    }

    /// Type of the items.
    pub fn element(&self) -> Element {
        self.element
    }

    /// The named type, if it has one.
    pub fn named_type(&self) -> Option<&'static NamedType> {
        self.named
    }

    /// Whether this is the nil list.
    pub fn is_nil(&self) -> bool {
        self.items.is_none()
    }

    /// The items.
    pub fn items(&self) -> &[Value] {
        self.items.as_deref().map_or(&[], |items| &items.0)
    }

    /// Whether both are the same list, not only equal ones.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (&self.items, &other.items) {
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            (None, None) => true,
            _ => false,
        }
    }

    /// The items, if nobody else holds the list.
    pub(crate) fn take_unshared(self) -> Vec<Value> {
        self.items
            .and_then(Rc::into_inner)
            .map(|mut items| std::mem::take(&mut items.0))
            .unwrap_or_default()
    }
}

impl From<Vec<Value>> for List {
    fn from(items: Vec<Value>) -> Self {
        Self::of(Element::Any, items)
    }
}
