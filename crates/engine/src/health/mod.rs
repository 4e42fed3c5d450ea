//! Whether an object is well, told from the object alone.
//!
//! One evaluator, several [`Profile`]s, since the tools of the field contradict one another on purpose: a
//! Pod that failed is `Current` to kstatus (nothing is left to do) and `Degraded` to Argo CD.
//!
//! - [`kstatus`] asks: has the cluster finished what was desired? Built-in kinds have rules of their own, all
//!   others are judged by `observedGeneration` and by their conditions.
//! - [`argo`] asks: does it work? Built-in kinds are rules in code; custom resources are judged by [`rules`],
//!   which are data, one file for each API group.
//! - [`cel`] holds what users add: expressions for kinds that neither knows.
//!
//! A verdict takes an object, and a clock where time matters. Nothing here fetches.

pub mod argo;
mod assess;
pub mod cel;
mod documents;
mod fields;
pub mod kstatus;
pub mod rules;
mod verdict;

pub use assess::{Profile, assess, assess_value};
pub use documents::documents;
pub use verdict::{Condition, Health, State, Status, Verdict, roll_up};
