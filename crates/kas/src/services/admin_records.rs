use std::collections::HashMap;

use rpc::glops::{
    admin::v1::{
        AgentSelector, AgentStatus, AuditRecord, DriftRecord, ListAuditResponse, ListDriftResponse,
        ListHistoryRequest, ListStatusRequest, ListStatusResponse, records_server::Records,
    },
    reports::v1::{AuditEntry, DriftedObject, Project, StatusReport},
};
use rpc::record::{self, timestamp};
use tonic::{Request, Response, Status};

use super::Context;
use crate::{
    database::{HistoryQuery, HistoryRecord, HistoryTable, StatusKey},
    identity::Administrators,
};

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1000;

/// `glops.admin.v1.Records`.
#[derive(Debug)]
pub(crate) struct RecordsService {
    pub(crate) context: Context,
    pub(crate) administrators: Administrators,
}

#[tonic::async_trait]
impl Records for RecordsService {
    async fn list_status(
        &self,
        request: Request<ListStatusRequest>,
    ) -> Result<Response<ListStatusResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let request = request.into_inner();
        let agent = self.selected(request.agent).await?;
        let names = self.names().await?;
        let records = self.context.database.statuses(agent).await;
        let records = records.map_err(|error| self.context.database_failed(&error))?;
        let mut statuses = Vec::with_capacity(records.len());
        for record in records {
            let mut report: StatusReport = decode(&record.report)?;
            if !request.include_objects {
                report.objects_left_out += report.objects.len() as u32;
                report.objects.clear();
            }
            statuses.push(AgentStatus {
                agent_id: record.key.agent_id,
                agent_name: names.get(&record.key.agent_id).cloned().unwrap_or_default(),
                report: Some(report),
            });
        }
        Ok(Response::new(ListStatusResponse { statuses }))
    }

    async fn list_drift(
        &self,
        request: Request<ListHistoryRequest>,
    ) -> Result<Response<ListDriftResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let page = self.page(HistoryTable::Drift, request.into_inner()).await?;
        let records = page.records.into_iter().map(|record| {
            Ok(DriftRecord {
                agent_id: record.key.agent_id,
                agent_name: page.names.get(&record.key.agent_id).cloned().unwrap_or_default(),
                object: Some(decode::<DriftedObject>(&record.record)?),
                project: Some(project(record.key)),
                commit_id: record.commit_id,
                received_at: Some(timestamp(record.received_at)),
            })
        });
        let records = records.collect::<Result<_, Status>>()?;
        Ok(Response::new(ListDriftResponse {
            records,
            next_page_token: page.next,
        }))
    }

    async fn list_audit(
        &self,
        request: Request<ListHistoryRequest>,
    ) -> Result<Response<ListAuditResponse>, Status> {
        self.administrators.authenticate(request.metadata())?;
        let page = self.page(HistoryTable::Audit, request.into_inner()).await?;
        let records = page.records.into_iter().map(|record| {
            Ok(AuditRecord {
                agent_id: record.key.agent_id,
                agent_name: page.names.get(&record.key.agent_id).cloned().unwrap_or_default(),
                entry: Some(decode::<AuditEntry>(&record.record)?),
                project: Some(project(record.key)),
                received_at: Some(timestamp(record.received_at)),
            })
        });
        let records = records.collect::<Result<_, Status>>()?;
        Ok(Response::new(ListAuditResponse {
            records,
            next_page_token: page.next,
        }))
    }
}

/// A part of a history, and the names of its agents.
struct Page {
    records: Vec<HistoryRecord>,
    names: HashMap<i64, String>,
    next: String,
}

impl RecordsService {
    async fn selected(&self, selector: Option<AgentSelector>) -> Result<Option<i64>, Status> {
        match selector {
            None => Ok(None),
            some => self.context.select(some).await.map(|agent| Some(agent.id)),
        }
    }

    async fn names(&self) -> Result<HashMap<i64, String>, Status> {
        let agents = self.context.database.agents().await;
        let agents = agents.map_err(|error| self.context.database_failed(&error))?;
        Ok(agents.into_iter().map(|agent| (agent.id, agent.name)).collect())
    }

    async fn page(&self, table: HistoryTable, request: ListHistoryRequest) -> Result<Page, Status> {
        let limit = if request.limit == 0 {
            DEFAULT_LIMIT
        } else {
            request.limit.min(MAX_LIMIT)
        };
        let before = match request.page_token.as_str() {
            "" => None,
            token => Some(
                token
                    .parse()
                    .map_err(|_| Status::invalid_argument("page_token is not valid"))?,
            ),
        };
        let query = HistoryQuery {
            agent_id: self.selected(request.agent).await?,
            project_id: (!request.project_id.is_empty()).then_some(request.project_id),
            before,
            limit,
        };
        let records = self.context.database.history(table, query).await;
        let records = records.map_err(|error| self.context.database_failed(&error))?;
        let is_full = records.len() == limit as usize;
        let next = records
            .last()
            .filter(|_| is_full)
            .map(|last| last.id.to_string())
            .unwrap_or_default();
        Ok(Page {
            records,
            names: self.names().await?,
            next,
        })
    }
}

fn project(key: StatusKey) -> Project {
    Project {
        project_id: key.project_id,
        default_namespace: key.default_namespace,
    }
}

fn decode<T: record::Record>(bytes: &[u8]) -> Result<T, Status> {
    record::decode(bytes).map_err(|error| Status::data_loss(error.to_string()))
}
