//! Semantic versions as the library `semver` of Masterminds reads them.

mod constraint;
mod version;

use constraint::Constraints;
pub use version::SemVersion;

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, CallError, Signature};
use crate::value::{Type, Value};

pub(super) const TABLE: &[Row] = &[
    ("semver", Signature::new(&[Type::String]), |_, args| {
        Ok(Value::object(
            SemVersion::parse(&args.str(0).to_text()).map_err(CallError::new)?,
        ))
    }),
    (
        "semverCompare",
        Signature::new(&[Type::String, Type::String]),
        compare,
    ),
];

fn compare(_: &Context<'_>, args: &Args) -> Called {
    let constraints = Constraints::parse(&args.str(0).to_text()).map_err(CallError::new)?;
    let version = SemVersion::parse(&args.str(1).to_text()).map_err(CallError::new)?;
    Ok(Value::Bool(constraints.admit(&version)))
}

impl SemVersion {
    /// Whether the version satisfies a constraint such as `^1.2 || >=3, <4`.
    pub fn satisfies(&self, constraint: &str) -> Result<bool, String> {
        Ok(Constraints::parse(constraint)?.admit(self))
    }
}
