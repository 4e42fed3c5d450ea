//! Whether an apply would change nothing, told from the live object alone.
//!
//! The manager's own entry in `managedFields` is walked beside the intent and the live object. It also says
//! how lists are keyed, so no schema is needed. Three things must hold: each field of the intent is owned
//! already, each owned field is still in the intent, and the values are those of the live object.

mod compare;
mod contested;
mod divided;
mod list;
mod secret;
mod walk;

use serde_json::Value;

pub use self::contested::contested;
use crate::field_set::FieldSet;
use crate::managed_fields::{EntryHead, InvalidManagedFields, entries_of};
use crate::migration::LAST_APPLIED_ANNOTATION;

/// Whether an apply would change the live object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoOp {
    /// It would change nothing.
    Same,
    /// It would change something, if only who owns a field.
    Differs,
    /// It depends on the schema or on the server's own types.
    Unknown(String),
}

/// What one manager applied to one object, ready to be compared with what it would apply next.
///
/// Worth keeping beside a cached live object: reading the fields is half of the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFields {
    api_version: String,
    fields: FieldSet,
    /// Why even an unchanged intent may change something.
    doubt: Option<&'static str>,
}

impl OwnedFields {
    /// The fields that `manager` owns by apply; none when it never applied this object.
    pub fn of(live: &Value, manager: &str) -> Result<Option<Self>, InvalidManagedFields> {
        let heads: Vec<EntryHead<'_>> = entries_of(live)?.iter().filter_map(EntryHead::of).collect();
        let live_version = live.get("apiVersion").and_then(Value::as_str);
        let is_own = |head: &&EntryHead<'_>| head.is_apply_of(manager);
        // an entry for each apiVersion is possible; the one of the live object's is ours
        let of_version = heads
            .iter()
            .filter(is_own)
            .find(|head| Some(head.api_version) == live_version);
        let Some(own) = of_version.or_else(|| heads.iter().rfind(is_own)) else {
            return Ok(None);
        };
        let fields = own.fields()?;
        let others = heads
            .iter()
            .filter(|head| !head.is_apply_of(manager))
            .filter_map(EntryHead::raw_fields);
        Ok(Some(Self {
            api_version: own.api_version.to_owned(),
            doubt: doubt(&fields, others, live, manager),
            fields,
        }))
    }

    /// For a manager that owns nothing of an object that others do: an intent of nothing but a name leaves it so.
    fn nothing(live: &Value, manager: &str) -> Option<Self> {
        let is_managed = entries_of(live).is_ok_and(|entries| !entries.is_empty());
        is_managed.then(|| Self {
            api_version: live
                .get("apiVersion")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            fields: FieldSet::default(),
            doubt: doubt(&FieldSet::default(), std::iter::empty(), live, manager),
        })
    }

    /// The fields themselves.
    pub fn fields(&self) -> &FieldSet {
        &self.fields
    }

    /// Compares what would be applied with what was.
    pub fn unchanged(&self, intent: &Value, live: &Value) -> NoOp {
        for (name, field) in [("apiVersion", "apiVersion"), ("kind", "kind")] {
            if intent.get(name) != live.get(name) {
                return NoOp::Unknown(format!("{field} of the live object is another"));
            }
        }
        if intent.get("apiVersion").and_then(Value::as_str) != Some(&self.api_version) {
            return NoOp::Unknown(format!("the fields were applied as {}", self.api_version));
        }
        match (walk::object(intent, live, &self.fields), self.doubt) {
            (NoOp::Same, Some(doubt)) => NoOp::Unknown(doubt.to_owned()),
            (answer, _) => answer,
        }
    }
}

fn doubt<'a>(
    own: &FieldSet,
    others: impl Iterator<Item = &'a Value>,
    live: &Value,
    manager: &str,
) -> Option<&'static str> {
    let annotations = live
        .get("metadata")
        .and_then(|metadata| metadata.get("annotations"));
    if manager == "kubectl"
        && annotations.is_some_and(|annotations| annotations.get(LAST_APPLIED_ANNOTATION).is_some())
    {
        return Some("the server keeps the last-applied annotation of kubectl up to date");
    }
    let mut others = others;
    // what was applied empty is owned as a whole, as if it were atomic
    others
        .any(|other| divided::divides(own, other))
        .then_some("others own parts of what was applied as a whole")
}

/// Whether `manager` applying `intent` would change `live`.
///
/// `NoOp::Same` is certain but for what a mutating webhook may do; `NoOp::Differs` may at worst cost a
/// needless apply; `NoOp::Unknown` says why only the server can tell.
pub fn unchanged(intent: &Value, live: &Value, manager: &str) -> NoOp {
    match OwnedFields::of(live, manager) {
        Ok(Some(owned)) => owned.unchanged(intent, live),
        Ok(None) => {
            OwnedFields::nothing(live, manager).map_or(NoOp::Differs, |owned| owned.unchanged(intent, live))
        }
        Err(error) => NoOp::Unknown(error.to_string()),
    }
}
