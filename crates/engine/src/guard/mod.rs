//! What may be deleted when it is no longer desired.
//!
//! [`decide`] looks at each object that the inventory holds and the desired state does not, and says whether it
//! goes, stays, or waits for a confirmation; and it stops the whole when too much would go at once. In doubt an
//! object stays: it can still be deleted later.
//!
//! Pure: it is told what is live and decides; the deletion itself carries the UID that was judged here as its
//! precondition.

mod decision;
mod opt_out;
mod rules;

#[cfg(test)]
mod tests;

pub use decision::{Confirm, Decision, Keep, Stop, Verdict};
pub use opt_out::OptOut;
pub use rules::{Candidate, Holder, Live, Situation, decide, is_protected};
