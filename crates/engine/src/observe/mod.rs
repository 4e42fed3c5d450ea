//! What is live, as far as one sync needs it: one list per kind with our label, and a look at the metadata of
//! desired objects that are not among them. Nothing here is asked for object by object when it are many.

mod content;
mod generated;
mod live;
mod lookup;
mod managed;
mod owned;
mod target;

pub(crate) use self::{
    content::look_into,
    live::{Annotations, Comparison, Live, annotations, is_client_side, text_at},
    lookup::look_up,
    managed::{Observed, observe},
    owned::{other_managers, owned_digest, writes_the_spec},
    target::{Target, Targets},
};
