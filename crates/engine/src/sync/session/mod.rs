//! A sync for which everything is known that can be known before the first write: what there is to do, doing it, and
//! what of that is recorded when.

mod failed;
mod plan;
mod record;
mod run;

pub(super) use self::plan::refuse_problems;
pub(crate) use self::{plan::doomed, run::Session};
