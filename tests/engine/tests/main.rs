//! The engine against a real API server, one behaviour per module; `demo` is what one of them works on.

mod applies;
mod bad_input;
mod conflicts;
mod deletes;
mod demo;
mod diffs;
mod guards;
mod hooks;
mod isolates;
mod namespaces;
mod orders;
mod ownership;
mod predicts;
mod prunes;
mod recreates;
mod storms;
mod warm;
