use crate::{
    error::{Context as _, Result},
    origin::Origin,
};

/// A plugin, what is noted about it in the objects on which it acts, and the field that asks for it.
pub(super) struct Asked<T> {
    pub(super) plugin: T,
    pub(super) origin: Option<Origin>,
    pub(super) by: Asker,
}

/// A field of a kustomization, or an item of its list.
#[derive(Clone, Copy)]
pub(super) enum Asker {
    Field(&'static str),
    Item(&'static str, usize),
    /// An item that stands for a configuration of its own, so that fields of it are none of the kustomization.
    Configuration(&'static str, usize),
}

impl Asker {
    /// The result, a failure being one of this field.
    pub(super) fn blamed<T>(self, result: Result<T>) -> Result<T> {
        match self {
            Self::Field(name) => result.under(name),
            Self::Item(list, index) => result.under(index).under(list),
            Self::Configuration(list, index) => {
                result.map_err(|error| error.of_whole().under(index).under(list))
            }
        }
    }
}
