use std::collections::BTreeMap;

use manifest::Origin;
use serde_json::Value;
use structured_merge::Predictor;

use super::ask::Finding;
use crate::{
    apply::{Writer, remove_field},
    change_set::{FieldConflict, SkipReason},
    diff::{
        Answer, DiffMode, Explanation, Fallback, Label, LiveDiff, ObjectChange, ObjectDiff, UnknownField,
        leaves, live_fields, without_noise,
    },
    observe::Observed,
    plan::{Change, PlannedChange},
    redact::Masker,
};

/// Makes what was found out into what is shown: masked, compared, labelled.
pub(super) struct Reporter<'a> {
    pub(super) writer: &'a Writer<'a>,
    pub(super) predictor: &'a Predictor,
    pub(super) mode: DiffMode,
    pub(super) masker: &'a mut Masker,
}

impl Reporter<'_> {
    pub(super) fn apply(&mut self, index: usize, planned: &PlannedChange, finding: Finding) -> ObjectDiff {
        let observed = self.writer.observed.live.get(&planned.key);
        let live = observed.and_then(|live| live.object.as_ref());
        let explained = self.explain(live, &finding);
        let after = finding.after.as_ref().map(|after| self.clean(after));
        let before = live
            .filter(|_| after.is_some())
            .map(|live| self.clean(live))
            .unwrap_or_default();
        let intent = self.clean(&self.writer.targets.intent(index));
        let foreign = foreign(&intent, &finding.conflicts);
        let exists = observed.is_some();
        let (mut fields, _) = after.as_ref().map_or_else(Default::default, |after| {
            live_fields(&LiveDiff {
                live: &before,
                predicted: after,
                intent: &intent,
                was_applied: self.writer.was_applied,
                foreign: &foreign,
            })
        });
        // a new object is a change as a whole; which defaults it gets beside is no difference to anything
        fields.retain(|field| exists || field.label != Label::Defaulted);
        let change = match &planned.change {
            _ if finding.is_refused => ObjectChange::Refused,
            _ if finding.is_recreated => ObjectChange::Recreate,
            Change::Skip(SkipReason::HookDone | SkipReason::OtherOccasion) => ObjectChange::None,
            Change::Skip(_) => ObjectChange::Keep,
            _ if after.is_some() && !exists => ObjectChange::Create,
            _ if fields.is_empty() => ObjectChange::None,
            _ => ObjectChange::Update,
        };
        ObjectDiff {
            key: planned.key.clone(),
            origin: planned.origin.clone(),
            change,
            mode: self.mode,
            answer: finding.answer,
            fallback: finding.fallback.map(|fallback| self.mask_fallback(fallback)),
            fields,
            explained,
            unknown: finding
                .unknown
                .iter()
                .map(|(path, doubt)| UnknownField {
                    path: self.masker.mask_text(&path.to_string()),
                    reason: self.masker.mask_text(&doubt.to_string()),
                })
                .collect(),
            before,
            after: after.unwrap_or_default(),
            note: finding.note.map(|note| self.masker.mask_text(&note)),
        }
    }

    pub(super) fn deletion(&mut self, planned: &PlannedChange, observed: &Observed) -> Option<ObjectDiff> {
        let (change, note) = match &planned.change {
            Change::Delete => (ObjectChange::Delete, None),
            Change::HandOver(to) => (
                ObjectChange::Keep,
                Some(SkipReason::HandedOver(to.inventory.to_string()).to_string()),
            ),
            Change::Skip(reason) => (ObjectChange::Keep, Some(reason.to_string())),
            _ => return None,
        };
        let live = observed
            .live
            .get(&planned.key)
            .and_then(|live| live.object.as_ref());
        Some(ObjectDiff {
            key: planned.key.clone(),
            origin: Origin::default(),
            change,
            mode: self.mode,
            answer: Answer::Known,
            fallback: None,
            fields: Vec::new(),
            explained: Vec::new(),
            unknown: Vec::new(),
            before: live.map(|live| self.clean(live)).unwrap_or_default(),
            after: Value::Null,
            note,
        })
    }

    fn explain(&mut self, live: Option<&Value>, finding: &Finding) -> Vec<Explanation> {
        let Some(after) = &finding.after else {
            return Vec::new();
        };
        let manager = self.writer.application.field_manager.as_str();
        let changes = self.predictor.explain(live, after, manager);
        let mut explained = Explanation::all(changes, &finding.conflicts, live);
        for explanation in &mut explained {
            explanation.path = self.masker.mask_text(&explanation.path);
        }
        explained
    }

    fn mask_fallback(&mut self, fallback: Fallback) -> Fallback {
        match fallback {
            Fallback::Doubt(text) => Fallback::Doubt(self.masker.mask_text(&text)),
            Fallback::Forbidden(text) => Fallback::Forbidden(self.masker.mask_text(&text)),
            Fallback::TooEarly(text) => Fallback::TooEarly(self.masker.mask_text(&text)),
            Fallback::Migration => Fallback::Migration,
        }
    }

    fn clean(&mut self, object: &Value) -> Value {
        let mut object = without_noise(object);
        self.masker.mask(&mut object);
        object
    }
}

/// The fields of an intent that others keep, by the paths under which differences are shown, and who does.
fn foreign(intent: &Value, conflicts: &[FieldConflict]) -> BTreeMap<String, String> {
    let mut foreign = BTreeMap::new();
    for conflict in conflicts.iter().filter(|conflict| !conflict.taken) {
        let mut without = intent.clone();
        if !remove_field(&mut without, &conflict.field) {
            continue;
        }
        let leaves = leaves([Some(intent), Some(&without)]);
        let removed = leaves.into_iter().filter(|leaf| leaf.values[0] != leaf.values[1]);
        foreign.extend(removed.map(|leaf| (leaf.path, conflict.manager.clone())));
    }
    foreign
}
