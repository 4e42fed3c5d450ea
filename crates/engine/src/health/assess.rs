use std::time::SystemTime;

use manifest::Object;
use serde_json::Value;

use super::{State, Verdict, argo, kstatus};

/// Whose verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// kstatus, as cli-utils and GitLab's agent use it.
    #[default]
    Kstatus,
    /// kstatus with Flux's reading of Jobs, which are current only when they have completed.
    Flux,
    /// Argo CD.
    Argo,
}

/// Judges an object. None when the profile has nothing to say about its kind, which only Argo CD's does.
pub fn assess(object: &Object, profile: Profile, now: SystemTime) -> Option<Verdict> {
    assess_value(object.value(), profile, now)
}

/// Judges what may lack a name, or all metadata: a document that somebody pasted.
pub fn assess_value(value: &Value, profile: Profile, now: SystemTime) -> Option<Verdict> {
    match profile {
        Profile::Kstatus => Some(kstatus::assess(value, now).map(State::Status)),
        Profile::Flux => Some(kstatus::assess_as_flux(value, now).map(State::Status)),
        Profile::Argo => argo::assess(value).map(|verdict| verdict.map(State::Health)),
    }
}
