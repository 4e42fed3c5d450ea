use manifest::Object;
use tokio_util::sync::CancellationToken;

use super::{
    Error,
    execute::{Executed, Execution},
    hooks::HookRecord,
    session::refuse_problems,
};
use crate::{
    Application, Cluster, Desired, Events, SyncOptions,
    apply::Writer,
    change_set::SkipReason,
    observe::{Observed, Targets, look_up},
    order::{Graph, Phase, runs_in},
    plan::plan_applies,
};

/// Hooks that run beside a sync: after one that failed, before everything is deleted, and after that.
pub(super) struct Stage<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) application: &'a Application,
    pub(super) apply_set: &'a str,
    pub(super) options: &'a SyncOptions,
    pub(super) events: &'a Events,
    pub(super) cancel: &'a CancellationToken,
    pub(super) dry_run: bool,
}

/// The hooks of a phase.
pub(super) fn hooks_of(objects: &[Object], phase: Phase) -> Vec<Object> {
    objects
        .iter()
        .filter(|object| runs_in(object, phase))
        .cloned()
        .collect()
}

impl Stage<'_> {
    /// Runs hooks of one phase, those that have not done their work by the record. They must be recorded in the
    /// inventory beforehand.
    pub(super) async fn run(
        &self,
        hooks: Vec<Object>,
        phase: Phase,
        record: &mut HookRecord,
    ) -> Result<Executed, Error> {
        if hooks.is_empty() {
            return Ok(Executed::default());
        }
        let desired = Desired {
            objects: hooks,
            ..Desired::default()
        };
        let targets = Targets::resolve(self.cluster, &desired, self.apply_set).await?;
        let marks = (self.application.field_manager.as_str(), self.apply_set);
        let mut observed = Observed::default();
        look_up(self.cluster, &targets, marks, &mut observed).await?;
        let graph = Graph::hooks(&targets.objects, phase);
        let mut planned = plan_applies(&targets, &observed, self.options, false);
        refuse_problems(&graph, &mut planned);
        let writer = Writer {
            cluster: self.cluster,
            application: self.application,
            apply_set: self.apply_set,
            options: self.options,
            targets: &targets,
            observed: &observed,
            dry_run: self.dry_run,
            was_applied: false,
        };
        let mut execution = Execution::new(&writer, &graph, &planned, record, self.events, self.cancel);
        execution.run_to(phase).await;
        let mut executed = execution.finish(&SkipReason::Cancelled);
        if phase != Phase::SyncFail && !self.dry_run {
            // when all of the application goes, so does what deleted it
            for (index, entry) in executed.entries.iter().enumerate() {
                if entry.error.is_none() {
                    executed.deleted.extend(writer.delete_hook(index).await);
                }
            }
        }
        Ok(executed)
    }
}
