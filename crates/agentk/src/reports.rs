//! Tells kas what was done: the newest status of each project, and every drift and write.
//!
//! Reports wait here while kas is away. A status replaces the older one of its project; drift and audit are kept
//! up to a bound, and how many were dropped beyond it is told.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use rpc::{
    client::Connection,
    configuration::ProjectKey,
    glops::reports::v1::{AuditReport, DriftReport, StatusReport, reports_client::ReportsClient},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tracing::{info, warn};

use crate::backoff::{self, Backoff};

/// How many drift and audit reports wait at most.
const MAX_WAITING: usize = 1000;
/// How many writes one audit report tells of, so that it stays well below the bound of a message.
const MAX_AUDITED: usize = 100;

/// Something to tell kas.
#[derive(Clone, Debug, PartialEq)]
enum Report {
    Status(StatusReport),
    Drift(DriftReport),
    Audit(AuditReport),
}

#[derive(Debug, Default)]
struct Waiting {
    statuses: BTreeMap<ProjectKey, StatusReport>,
    histories: VecDeque<Report>,
    dropped: usize,
}

impl Waiting {
    fn push(&mut self, history: Report) {
        if self.histories.len() == MAX_WAITING {
            self.histories.pop_front();
            self.dropped += 1;
        }
        self.histories.push_back(history);
    }

    fn next(&mut self) -> Option<Report> {
        self.histories
            .pop_front()
            .or_else(|| Some(Report::Status(self.statuses.pop_first()?.1)))
    }

    /// Puts back what could not be sent; a status only when there is no newer one.
    fn put_back(&mut self, report: Report) {
        match report {
            Report::Status(status) => {
                if let Some(key) = key_of(&status) {
                    self.statuses.entry(key).or_insert(status);
                }
            }
            history => self.histories.push_front(history),
        }
    }
}

/// Where reports are handed in; cheap to clone, never blocks.
#[derive(Clone, Debug, Default)]
pub struct Reporter {
    waiting: Arc<Mutex<Waiting>>,
    arrived: Arc<Notify>,
}

impl Reporter {
    /// Hands in the status of a project, in place of an older one.
    pub fn status(&self, status: StatusReport) {
        if let Some(key) = key_of(&status) {
            self.with(|waiting| waiting.statuses.insert(key, status));
        }
        self.arrived.notify_one();
    }

    /// Hands in drift.
    pub fn drift(&self, drift: DriftReport) {
        self.with(|waiting| waiting.push(Report::Drift(drift)));
        self.arrived.notify_one();
    }

    /// Hands in what was written.
    pub fn audit(&self, audit: AuditReport) {
        let AuditReport { project, mut entries } = audit;
        while !entries.is_empty() {
            let later = entries.split_off(entries.len().min(MAX_AUDITED));
            let part = AuditReport {
                project: project.clone(),
                entries: std::mem::replace(&mut entries, later),
            };
            self.with(|waiting| waiting.push(Report::Audit(part)));
        }
        self.arrived.notify_one();
    }

    /// Sends what is handed in until `stop`, then what is left, as far as that goes at once.
    pub async fn run(self, connection: Connection, stop: CancellationToken) {
        let mut pauses = Backoff::new(backoff::STREAM);
        let mut client = ReportsClient::new(connection);
        loop {
            let last = stop.is_cancelled();
            match self.send_all(&mut client).await {
                Ok(()) => pauses.reset(),
                Err(status) if status.code() == Code::Unimplemented => {
                    info!("this kas takes no reports; they are dropped");
                    return;
                }
                Err(_) if last => return,
                Err(status) => {
                    let pause = pauses.after_failure();
                    warn!(code = ?status.code(), reason = status.message(), ?pause, "failed to report; reports wait");
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(pause) => {}
                    }
                    continue;
                }
            }
            if last {
                return;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.arrived.notified() => {}
            }
        }
    }

    async fn send_all(&self, client: &mut ReportsClient<Connection>) -> Result<(), Status> {
        while let Some(report) = self.with(Waiting::next) {
            let sent = match report.clone() {
                Report::Status(status) => client.report_status(status).await,
                Report::Drift(drift) => client.report_drift(drift).await,
                Report::Audit(audit) => client.report_audit(audit).await,
            };
            match sent {
                Ok(_) => {}
                // what kas finds invalid or too large today it will find so tomorrow
                Err(status) if matches!(status.code(), Code::InvalidArgument | Code::OutOfRange) => {
                    warn!(reason = status.message(), "kas refuses a report; it is dropped");
                }
                Err(status) => {
                    self.with(|waiting| waiting.put_back(report));
                    return Err(status);
                }
            }
        }
        let dropped = self.with(|waiting| std::mem::take(&mut waiting.dropped));
        if dropped > 0 {
            warn!(
                dropped,
                "reports of drift and writes were dropped while kas was away"
            );
        }
        Ok(())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Waiting) -> T) -> T {
        // no code that holds the lock can leave it half done
        act(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn key_of(status: &StatusReport) -> Option<ProjectKey> {
    let project = status.project.as_ref()?;
    Some(ProjectKey {
        project_id: project.project_id.clone(),
        default_namespace: project.default_namespace.clone(),
    })
}

#[cfg(test)]
mod tests {
    use rpc::glops::reports::v1::{AuditEntry, Project};

    use super::*;

    fn status(project: &str, commit: &str) -> StatusReport {
        StatusReport {
            project: Some(Project {
                project_id: project.into(),
                default_namespace: "a".into(),
            }),
            commit_id: commit.into(),
            ..StatusReport::default()
        }
    }

    fn audit(commit: usize) -> AuditReport {
        let entry = AuditEntry {
            commit_id: commit.to_string(),
            ..AuditEntry::default()
        };
        AuditReport {
            entries: vec![entry],
            ..AuditReport::default()
        }
    }

    fn drain(reporter: &Reporter) -> Vec<Report> {
        std::iter::from_fn(|| reporter.with(Waiting::next)).collect()
    }

    #[test]
    fn the_newest_status_of_each_project_is_sent() {
        let reporter = Reporter::default();
        reporter.status(status("x", "1"));
        reporter.status(status("y", "1"));
        let Some(unsent) = reporter.with(Waiting::next) else {
            panic!("a status waits")
        };
        reporter.status(status("x", "2"));
        reporter.with(|waiting| waiting.put_back(unsent));
        assert_eq!(
            drain(&reporter),
            [Report::Status(status("x", "2")), Report::Status(status("y", "1"))]
        );
    }

    #[test]
    fn many_writes_are_told_in_parts() {
        let reporter = Reporter::default();
        let entries = (0..=2 * MAX_AUDITED).flat_map(|commit| audit(commit).entries);
        let whole = AuditReport {
            entries: entries.collect(),
            ..AuditReport::default()
        };
        reporter.audit(whole.clone());
        let parts = drain(&reporter).into_iter().map(|report| match report {
            Report::Audit(part) => part.entries,
            other => panic!("no other report was handed in: {other:?}"),
        });
        let parts: Vec<_> = parts.collect();
        assert_eq!(
            parts.iter().map(Vec::len).collect::<Vec<_>>(),
            [MAX_AUDITED, MAX_AUDITED, 1]
        );
        assert_eq!(parts.concat(), whole.entries);
    }

    #[test]
    fn histories_keep_their_order_and_a_bound() {
        let reporter = Reporter::default();
        for commit in 0..MAX_WAITING + 5 {
            reporter.audit(audit(commit));
        }
        reporter.audit(AuditReport::default());
        let sent = drain(&reporter);
        assert_eq!((sent.len(), &sent[0]), (MAX_WAITING, &Report::Audit(audit(5))));
        assert_eq!(reporter.with(|waiting| waiting.dropped), 5);
    }
}
