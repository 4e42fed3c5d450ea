//! Health of kinds that nobody else knows: expressions in CEL that users write.
//!
//! A [`Check`] has up to three expressions, as Flux's `healthCheckExprs`: an object whose controller is behind
//! is in progress; then `inProgress`, `failed` and `current` are asked in that order; and when none holds, it is
//! in progress.

use std::panic::{self, AssertUnwindSafe};

use cel::{Context, Program, Value as CelValue};
use serde_json::Value;

use super::fields::integer;
use super::{Status, Verdict};

/// The longest expression that is taken.
const MAX_LENGTH: usize = 4096;
/// The top-level fields of an object that expressions may name.
const FIELDS: &[&str] = &["apiVersion", "kind", "metadata", "spec", "status", "data"];
/// How many nested macros over lists an expression may hold: each multiplies the work.
const MAX_MACROS: usize = 6;

/// Why an expression is not taken, or has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is nothing to tell a current object by.
    #[error("failed to read a health check: an expression for current is required")]
    NoCurrent,
    /// It is longer, or holds more loops, than is allowed.
    #[error("failed to compile health expression {0:?}: it is too long or too complex")]
    TooComplex(&'static str),
    /// It is no CEL.
    #[error("failed to compile health expression {name:?}: {problem}")]
    Compile {
        /// Which: `current`, `inProgress` or `failed`.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// It cannot be evaluated for this object.
    #[error("failed to evaluate health expression {name:?}: {problem}")]
    Evaluate {
        /// Which.
        name: &'static str,
        /// Why.
        problem: String,
    },
}

/// The expressions of one kind, compiled.
#[derive(Debug)]
pub struct Check {
    current: Program,
    in_progress: Option<Program>,
    failed: Option<Program>,
}

impl Check {
    /// Compiles the expressions; one for `current` is required.
    pub fn new(current: &str, in_progress: Option<&str>, failed: Option<&str>) -> Result<Self, Error> {
        if current.trim().is_empty() {
            return Err(Error::NoCurrent);
        }
        Ok(Self {
            current: compile("current", current)?,
            in_progress: in_progress.map(|text| compile("inProgress", text)).transpose()?,
            failed: failed.map(|text| compile("failed", text)).transpose()?,
        })
    }

    /// Judges an object.
    pub fn assess(&self, object: &Value) -> Result<Verdict<Status>, Error> {
        let observed = integer(object, &["status", "observedGeneration"]);
        let generation = integer(object, &["metadata", "generation"]);
        if let (Some(observed), Some(generation)) = (observed, generation)
            && observed != generation
        {
            let message = format!("generation is {generation}, but latest observed generation is {observed}");
            return Ok(Verdict::new(Status::InProgress, message));
        }
        let context = context(object)?;
        let holds = |name, program: &Option<Program>| match program {
            Some(program) => evaluate(name, program, &context),
            None => Ok(false),
        };
        if holds("inProgress", &self.in_progress)? {
            return Ok(Verdict::new(
                Status::InProgress,
                "health expression inProgress holds",
            ));
        }
        if holds("failed", &self.failed)? {
            return Ok(Verdict::new(Status::Failed, "health expression failed holds"));
        }
        if evaluate("current", &self.current, &context)? {
            return Ok(Verdict::new(Status::Current, "health expression current holds"));
        }
        Ok(Verdict::new(Status::InProgress, "no health expression holds"))
    }
}

fn compile(name: &'static str, text: &str) -> Result<Program, Error> {
    let macros: usize = [".all(", ".exists(", ".exists_one(", ".map(", ".filter("]
        .iter()
        .map(|called| text.matches(called).count())
        .sum();
    if text.len() > MAX_LENGTH || macros > MAX_MACROS {
        return Err(Error::TooComplex(name));
    }
    // the parser has been known to panic on some malformed texts
    let compiled = panic::catch_unwind(AssertUnwindSafe(|| Program::compile(text)));
    match compiled {
        Ok(Ok(program)) => Ok(program),
        Ok(Err(error)) => Err(Error::Compile {
            name,
            problem: error.to_string(),
        }),
        Err(_) => Err(Error::Compile {
            name,
            problem: "it cannot be parsed".to_owned(),
        }),
    }
}

fn context(object: &Value) -> Result<Context<'static, 'static>, Error> {
    let mut context = Context::default();
    let empty = Value::Object(serde_json::Map::new());
    for field in FIELDS {
        let value = object.get(field).unwrap_or(&empty);
        context
            .add_variable(*field, value)
            .map_err(|error| Error::Evaluate {
                name: "object",
                problem: error.to_string(),
            })?;
    }
    Ok(context)
}

fn evaluate(name: &'static str, program: &Program, context: &Context<'_, '_>) -> Result<bool, Error> {
    match program.execute(context) {
        Ok(CelValue::Bool(holds)) => Ok(holds),
        Ok(_) => Err(Error::Evaluate {
            name,
            problem: "it is neither true nor false".to_owned(),
        }),
        Err(error) => Err(Error::Evaluate {
            name,
            problem: error.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check() -> Check {
        Check::new(
            "status.conditions.exists(c, c.type == 'Synced' && c.status == 'True')",
            Some("has(status.phase) && status.phase == 'Working'"),
            Some("status.conditions.exists(c, c.type == 'Synced' && c.status == 'False')"),
        )
        .unwrap()
    }

    fn object(status: Value) -> Value {
        let mut object =
            json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"generation": 2}});
        object["status"] = status;
        object
    }

    #[test]
    fn expressions_are_asked_in_order() {
        let status = |status: Value| check().assess(&object(status)).unwrap().status;
        let synced = |value: &str| json!([{"type": "Synced", "status": value}]);
        assert_eq!(status(json!({"conditions": synced("True")})), Status::Current);
        assert_eq!(status(json!({"conditions": synced("False")})), Status::Failed);
        assert_eq!(
            status(json!({"phase": "Working", "conditions": synced("False")})),
            Status::InProgress
        );
        assert_eq!(status(json!({"conditions": []})), Status::InProgress);
        assert_eq!(
            status(json!({"observedGeneration": 1, "conditions": synced("True")})),
            Status::InProgress
        );
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        assert_eq!(Check::new(" ", None, None).unwrap_err(), Error::NoCurrent);
        assert!(matches!(
            Check::new("status.(", None, None),
            Err(Error::Compile { name: "current", .. })
        ));
        let long = "true && ".repeat(600) + "true";
        assert_eq!(
            Check::new(&long, None, None).unwrap_err(),
            Error::TooComplex("current")
        );
        let nested =
            "[1].all(a, [1].all(b, [1].all(c, [1].all(d, [1].all(e, [1].all(f, [1].all(g, true)))))))";
        assert_eq!(
            Check::new(nested, None, None).unwrap_err(),
            Error::TooComplex("current")
        );
        let number = Check::new("1 + 1", None, None).unwrap();
        assert!(matches!(
            number.assess(&object(json!({}))),
            Err(Error::Evaluate { .. })
        ));
        assert!(
            check().assess(&object(json!({}))).is_err(),
            "a missing list has no answer"
        );
    }
}
