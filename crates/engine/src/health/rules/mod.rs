//! Health rules for custom resources, as data.
//!
//! Each API group has a file of its own under `data/`. A rule names the kinds it is for and lists steps; the
//! first step that applies gives the verdict:
//!
//! ```text
//! rule cert-manager.io/Certificate
//!   scan Issuing=True -> Progressing c.message
//!   scan
//!     Ready=False -> Degraded c.message
//!     Ready=True -> Healthy c.message
//!   -> Progressing "Waiting for certificate"
//! ```
//!
//! Steps are
//! - `<condition> -> <Health> [<message>]`: the verdict, when the condition holds; without a condition, always.
//!   A health in parentheses is computed;
//! - `if <condition>` with steps below it;
//! - `for <name> in <list>` with steps below it, tried for each item in turn (of a map: each value by the order of
//!   its keys). `scan` is short for `for c in status.conditions`, and takes a single step on the same line;
//! - `let <name> = <expression>`;
//! - `deleting <message>`: what to say while the object is being deleted.
//!
//! Expressions are paths into the object (`status.phase`, `metadata.labels["a/b"]`), texts with `{expressions}`
//! in them, numbers, `true`, `false`, `null`, lists, comparisons, `and`, `or`, `not`, `in`, `+`, `-`, and `a ?? b`
//! for "b when a is missing". `Ready=True` holds when the condition `c` is of that type and status. A path that
//! leads nowhere is `null`, which no comparison but `== null` holds for. What goes over lists is written
//! `any(x in list: condition)`, and so `all`, `count`, `first`, `last`; `sum(x in list => number)`; and
//! `join(separator, x in list: condition => text)`. In all of them `index` counts from 1.

mod evaluate;
mod expression;
mod files;
mod functions;
mod lexer;
mod parser;
mod registry;

pub use registry::{assess, deleting};

#[cfg(test)]
mod tests;
