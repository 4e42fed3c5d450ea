use std::fmt;

use serde_json::Value;

/// An annotation that keeps an object from being deleted, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// Its name.
    pub annotation: &'static str,
    /// Its value.
    pub value: String,
}

impl fmt::Display for OptOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.annotation, self.value)
    }
}

/// Which values of an annotation count.
enum Matches {
    /// This one, upper or lower case alike.
    Value(&'static str),
    /// Any.
    Any,
}

const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";
const DELETION_APPROVED: &str = "argocd.argoproj.io/deletion-approved";

/// "Do not prune", in each dialect that says it by a value of its own.
const KEEPING: &[(&str, Matches)] = &[
    ("glops.dev/prune", Matches::Value("disabled")),
    ("kustomize.toolkit.fluxcd.io/prune", Matches::Value("disabled")),
    (
        "client.lifecycle.config.k8s.io/deletion",
        Matches::Value("detach"),
    ),
    ("cli-utils.sigs.k8s.io/on-remove", Matches::Value("keep")),
    ("kapp.k14s.io/delete-strategy", Matches::Value("orphan")),
    ("kapp.k14s.io/noop", Matches::Any),
    ("kapp.k14s.io/exists", Matches::Any),
    ("kluctl.io/skip-delete", Matches::Value("true")),
    ("helm.sh/resource-policy", Matches::Value("keep")),
];

/// What an object's annotations say of its deletion.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Nothing,
    Keep(OptOut),
    Confirm(OptOut),
}

/// Reads the annotations of an object, or of its metadata alone.
pub(super) fn wish(live: &Value) -> Wish {
    let annotation = |name: &str| live.get("metadata")?.get("annotations")?.get(name)?.as_str();
    for (name, matches) in KEEPING {
        let Some(value) = annotation(name) else { continue };
        let keeps = match matches {
            Matches::Any => true,
            Matches::Value(expected) => value.trim().eq_ignore_ascii_case(expected),
        };
        if keeps {
            return Wish::Keep(OptOut {
                annotation: name,
                value: value.to_owned(),
            });
        }
    }
    annotation(SYNC_OPTIONS).map_or(Wish::Nothing, |options| {
        let has = |option: &str| options.split(',').any(|found| found.trim() == option);
        let found = OptOut {
            annotation: SYNC_OPTIONS,
            value: options.to_owned(),
        };
        if has("Prune=false") || has("Delete=false") {
            Wish::Keep(found)
        } else if (has("Prune=confirm") || has("Delete=confirm")) && annotation(DELETION_APPROVED).is_none() {
            Wish::Confirm(found)
        } else {
            Wish::Nothing
        }
    })
}
