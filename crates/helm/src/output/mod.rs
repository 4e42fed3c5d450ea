//! From rendered files to the text of `helm template`: documents, hooks and the order in which they are printed.

mod kinds;
mod manifests;
mod split;

pub use kinds::{INSTALL_ORDER, install_rank};
pub use manifests::{Error, HookEvent, Manifest, Manifests, Printed, Reason, print};
pub use split::documents;
