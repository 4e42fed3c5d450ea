use rpc::glops::reports::v1::{
    AuditReport, DriftReport, Project, ReportResponse, StatusReport, reports_server::Reports,
};
use rpc::record;
use tonic::{Request, Response, Status};

use super::Context;
use crate::database::{HistoryTable, StatusKey};

/// The largest record of a history. Far more than an object's names, fields and error take.
const MAX_RECORD_BYTES: usize = 16 * 1024;
/// The longest names by which reports are kept.
const MAX_NAME_BYTES: usize = 1024;

/// `glops.reports.v1.Reports`.
#[derive(Debug)]
pub(crate) struct ReportsService(pub(crate) Context);

#[tonic::async_trait]
impl Reports for ReportsService {
    async fn report_status(
        &self,
        request: Request<StatusReport>,
    ) -> Result<Response<ReportResponse>, Status> {
        let (session, _) = self.0.accept(&request)?;
        let report = request.into_inner();
        let key = key_of(session.agent.id, report.project.as_ref())?;
        let stored = self.0.database.store_status(key, record::encode(&report)).await;
        self.taken("status", stored)
    }

    async fn report_drift(&self, request: Request<DriftReport>) -> Result<Response<ReportResponse>, Status> {
        let (session, _) = self.0.accept(&request)?;
        let report = request.into_inner();
        let key = key_of(session.agent.id, report.project.as_ref())?;
        let records = report
            .objects
            .iter()
            .map(|object| (report.commit_id.clone(), record::encode(object)))
            .collect();
        self.append("drift", HistoryTable::Drift, key, records).await
    }

    async fn report_audit(&self, request: Request<AuditReport>) -> Result<Response<ReportResponse>, Status> {
        let (session, _) = self.0.accept(&request)?;
        let report = request.into_inner();
        let key = key_of(session.agent.id, report.project.as_ref())?;
        let records = report
            .entries
            .iter()
            .map(|entry| (entry.commit_id.clone(), record::encode(entry)))
            .collect();
        self.append("audit", HistoryTable::Audit, key, records).await
    }
}

impl ReportsService {
    async fn append(
        &self,
        kind: &'static str,
        table: HistoryTable,
        key: StatusKey,
        records: Vec<(String, Vec<u8>)>,
    ) -> Result<Response<ReportResponse>, Status> {
        if let Some((_, large)) = records.iter().find(|(_, record)| record.len() > MAX_RECORD_BYTES) {
            return Err(Status::invalid_argument(format!(
                "a record has {} bytes, more than the {MAX_RECORD_BYTES} allowed",
                large.len()
            )));
        }
        let keep = self.0.max_history_per_agent;
        let stored = self.0.database.append_history(table, key, records, keep).await;
        self.taken(kind, stored)
    }

    fn taken(
        &self,
        kind: &'static str,
        stored: Result<(), crate::database::Error>,
    ) -> Result<Response<ReportResponse>, Status> {
        self.0.metrics.report(kind);
        stored.map_err(|error| self.0.database_failed(&error))?;
        Ok(Response::new(ReportResponse {}))
    }
}

fn key_of(agent_id: i64, project: Option<&Project>) -> Result<StatusKey, Status> {
    let project = project.filter(|project| !project.project_id.is_empty());
    let project = project.ok_or_else(|| Status::invalid_argument("the project is missing"))?;
    if project.project_id.len().max(project.default_namespace.len()) > MAX_NAME_BYTES {
        return Err(Status::invalid_argument("the project's names are too long"));
    }
    Ok(StatusKey {
        agent_id,
        project_id: project.project_id.clone(),
        default_namespace: project.default_namespace.clone(),
    })
}
