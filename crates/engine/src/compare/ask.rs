use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use manifest::GroupKind;
use serde_json::Value;
use structured_merge::{Doubt, Path, Predictor, migration::migrated};

use super::{
    hooks::{Run, Runs},
    immutable,
    predict::{Prediction, predict},
};
use crate::{
    apply::Writer,
    change_set::{FailureKind, FieldConflict, SkipReason},
    diff::{Answer, DiffMode, Fallback},
    failure::cannot_change,
    observe::{Live, is_client_side},
    plan::{Change, PlannedChange, may_recreate},
};

const RECREATED: &str = "deleted and created again, since a field of it cannot be changed";

/// What was found out about one object.
#[derive(Debug, Default)]
pub(super) struct Finding {
    /// The object as it would be, with its managed fields.
    pub(super) after: Option<Value>,
    pub(super) conflicts: Vec<FieldConflict>,
    pub(super) answer: Answer,
    pub(super) fallback: Option<Fallback>,
    pub(super) unknown: Vec<(Path, Doubt)>,
    pub(super) note: Option<String>,
    pub(super) is_refused: bool,
    pub(super) is_recreated: bool,
}

/// Finds out what an apply would do, by prediction or from the server.
pub(super) struct Asker<'a> {
    writer: &'a Writer<'a>,
    predictor: &'a Predictor,
    runs: &'a Runs,
    mode: DiffMode,
    /// Kinds and namespaces for which the server has refused to be asked.
    forbidden: Mutex<HashSet<(GroupKind, String)>>,
}

/// What a dry run came to.
enum DryRun {
    Told(Finding),
    /// The server does not tell, and why.
    Silent(Fallback),
}

impl<'a> Asker<'a> {
    pub(super) fn new(
        writer: &'a Writer<'a>,
        predictor: &'a Predictor,
        runs: &'a Runs,
        mode: DiffMode,
    ) -> Self {
        Self {
            writer,
            predictor,
            runs,
            mode,
            forbidden: Mutex::default(),
        }
    }

    pub(super) fn live(&self, planned: &PlannedChange) -> Option<&'a Live> {
        self.writer.observed.live.get(&planned.key)
    }

    pub(super) async fn ask(&self, index: usize, planned: &PlannedChange) -> Finding {
        let stands = || self.live(planned).is_none_or(|live| live.conflicts.is_empty());
        match &planned.change {
            Change::Skip(SkipReason::HookDone | SkipReason::OtherOccasion) => Finding::default(),
            Change::Skip(reason) => Finding {
                note: Some(reason.to_string()),
                ..Finding::default()
            },
            Change::Refuse(failure) => refused(failure.message.clone(), Answer::Known),
            _ if self.runs.of_object(index) == Run::NotDue => Finding::default(),
            _ if self.runs.of_object(index) == Run::Anew && self.live(planned).is_some() => {
                recreated(self.merge(index, planned), self.runs.note(index))
            }
            Change::Keep if self.mode != DiffMode::Exact && stands() => Finding::default(),
            _ => self.find_out(index, planned).await,
        }
    }

    async fn find_out(&self, index: usize, planned: &PlannedChange) -> Finding {
        if self.live(planned).is_some_and(|live| live.needs_migration) {
            let mut finding = self.predict(index, planned);
            finding.fallback = (self.mode != DiffMode::ReadOnly).then_some(Fallback::Migration);
            return finding;
        }
        match self.mode {
            DiffMode::ReadOnly => self.predict(index, planned),
            DiffMode::Exact => match self.dry_run(index, planned).await {
                DryRun::Told(finding) => finding,
                DryRun::Silent(reason) => Finding {
                    fallback: Some(reason),
                    ..self.predict(index, planned)
                },
            },
            DiffMode::Filtered => {
                let predicted = self.predict(index, planned);
                let Some((_, doubt)) = predicted.unknown.first() else {
                    return predicted;
                };
                match self.dry_run(index, planned).await {
                    DryRun::Told(finding) => Finding {
                        fallback: Some(Fallback::Doubt(doubt.to_string())),
                        ..finding
                    },
                    DryRun::Silent(reason) => Finding {
                        fallback: Some(reason),
                        ..predicted
                    },
                }
            }
        }
    }

    async fn dry_run(&self, index: usize, planned: &PlannedChange) -> DryRun {
        let place = (planned.key.group_kind(), planned.key.namespace.clone());
        if self.forbidden().contains(&place) {
            return DryRun::Silent(Fallback::Forbidden("no right to patch".to_owned()));
        }
        let written = self.writer.write(index).await;
        if written.entry.recreated {
            let finding = self.merge(index, planned);
            return DryRun::Told(Finding {
                conflicts: written.entry.conflicts,
                answer: Answer::Asked,
                ..recreated(finding, RECREATED.to_owned())
            });
        }
        let Some(error) = written.entry.error else {
            return DryRun::Told(Finding {
                after: written.object,
                conflicts: written.entry.conflicts,
                answer: Answer::Asked,
                note: written.entry.warnings.first().cloned(),
                ..Finding::default()
            });
        };
        match error.kind {
            FailureKind::NamespaceNotFound | FailureKind::UnknownKind => {
                DryRun::Silent(Fallback::TooEarly(error.message))
            }
            FailureKind::Forbidden => {
                self.forbidden().insert(place);
                DryRun::Silent(Fallback::Forbidden(error.message))
            }
            _ => DryRun::Told(Finding {
                conflicts: written.entry.conflicts,
                ..refused(error.message, Answer::Asked)
            }),
        }
    }

    /// What an apply would leave, unless it changes what the server lets nobody change.
    fn predict(&self, index: usize, planned: &PlannedChange) -> Finding {
        let finding = self.merge(index, planned);
        let live = self.live(planned).and_then(|live| live.object.as_ref());
        let (Some(live), Some(after)) = (live, &finding.after) else {
            return finding;
        };
        let fixed = immutable::changed(&planned.key, live, after);
        if fixed.is_empty() {
            return finding;
        }
        let note = cannot_change(&fixed.join(", "));
        let object = &self.writer.targets.objects[index];
        if may_recreate(object, &planned.key, self.writer.options) {
            return recreated(finding, note);
        }
        refused(note, Answer::Predicted)
    }

    /// The merge alone.
    fn merge(&self, index: usize, planned: &PlannedChange) -> Finding {
        let live = self.live(planned);
        let manager = self.writer.application.field_manager.as_str();
        let object = live.and_then(|live| live.object.as_ref());
        // what a sync does first
        let ours = object
            .filter(|_| live.is_some_and(|live| live.needs_migration))
            .and_then(|object| migrated(object, manager, |other| is_client_side(other, manager)).ok()?);
        let intent = self.writer.targets.intent(index);
        let object = ours.as_ref().or(object);
        match predict(self.predictor, object, &intent, manager, self.writer.options) {
            Ok(Prediction {
                object,
                conflicts,
                doubt,
                mut unknown,
            }) => {
                unknown.extend(doubt.map(|doubt| (Path::default(), doubt)));
                Finding {
                    after: Some(object),
                    conflicts,
                    answer: Answer::Predicted,
                    unknown,
                    ..Finding::default()
                }
            }
            Err(problem) => refused(problem, Answer::Predicted),
        }
    }

    fn forbidden(&self) -> std::sync::MutexGuard<'_, HashSet<(GroupKind, String)>> {
        self.forbidden.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An object that is deleted and created again: what its manifest says, laid over what it is now.
fn recreated(finding: Finding, note: String) -> Finding {
    Finding {
        note: Some(note),
        is_refused: false,
        is_recreated: true,
        unknown: Vec::new(),
        ..finding
    }
}

fn refused(message: String, answer: Answer) -> Finding {
    Finding {
        note: Some(message),
        answer,
        is_refused: true,
        ..Finding::default()
    }
}
