//! Go's `text/template` and sprig.
//!
//! A [`TemplateSet`] parses templates, an [`Executor`] executes them on a [`Value`] with the functions of a
//! [`Functions`] registry. Output and error texts are those of Go, byte for byte. Time, randomness and variables
//! come from an [`Environment`] that the caller gives; [`Limits`] bound what a template may cost.
//!
//! The crate knows nothing of Kubernetes or Helm: their functions are registered by those who have them.
//!
//! ```
//! use gotemplate::{Executor, Functions, Limits, Seeded, TemplateSet, Value};
//!
//! let functions = Functions::sprig();
//! let mut set = TemplateSet::new("example");
//! set.parse("hello", r#"{{ .name }}: {{ len .name }}"#, &functions)?;
//!
//! let data = Value::from_json(&serde_json::json!({ "name": "world" }));
//! let environment = Seeded::from_system();
//! let executor = Executor::new(&functions, &environment, Limits::default());
//! assert_eq!(executor.execute(&set, "hello", &data)?, b"world: 5");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builtin;
mod environment;
mod exec;
mod fmt;
mod function;
mod json;
mod parse;
mod sprig;
mod template;
mod text;
mod value;

pub use environment::{Environment, Seeded};
pub use exec::{Cancellation, Context, ExecError, Executor, LimitError, Limits, Location};
pub use fmt::{print, quote, sprintf};
pub use function::{Args, CallError, Closure, Function, Functions, Native, Signature};
pub use json::{JsonError, JsonStyle};
pub use parse::ParseError;
pub use sprig::{Certificate, SemVersion, Time, regex_refusal};
pub use template::{MissingKey, TemplateSet};
pub use text::float::shortest as float_text;
pub use value::{Element, Kind, List, Map, Method, MethodBody, NamedType, Object, Str, Type, Value};
