//! What agents report is kept and can be read.

use rpc::glops::{
    admin::v1::{ListHistoryRequest, ListStatusRequest, records_client::RecordsClient},
    reports::v1::{
        AuditEntry, AuditReport, DriftReport, DriftedObject, ObjectReference, ObjectStatus, Project,
        StatusReport, reports_client::ReportsClient, status_report::Phase,
    },
};
use tonic::Code;

use crate::stand::{Stand, next, selector};

fn project() -> Project {
    Project {
        project_id: "group/app".into(),
        default_namespace: "default".into(),
    }
}

fn status(commit: &str, phase: Phase) -> StatusReport {
    let objects = vec![ObjectStatus {
        health: "Healthy".into(),
        ..ObjectStatus::default()
    }];
    StatusReport {
        project: Some(project()),
        commit_id: commit.into(),
        phase: phase.into(),
        objects,
        ..Default::default()
    }
}

#[tokio::test]
async fn the_newest_status_of_each_project() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let mut reports = ReportsClient::new(stand.connect(&agent));
    reports.report_status(status("c1", Phase::Syncing)).await.unwrap();
    reports.report_status(status("c2", Phase::Synced)).await.unwrap();
    let mut records = RecordsClient::new(stand.admin());
    let request = ListStatusRequest {
        agent: Some(selector(&agent)),
        include_objects: true,
    };
    let listed = records.list_status(request).await.unwrap().into_inner().statuses;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].agent_name, "prod");
    assert_eq!(listed[0].report, Some(status("c2", Phase::Synced)));
    let short = records
        .list_status(ListStatusRequest::default())
        .await
        .unwrap()
        .into_inner()
        .statuses;
    let report = short[0].report.as_ref().unwrap();
    assert_eq!((report.objects.len(), report.objects_left_out), (0, 1));
}

#[tokio::test]
async fn histories_are_bounded_and_read_in_pages() {
    let stand = Stand::start().await;
    let (agent, other) = (
        stand.create_agent("prod").await,
        stand.create_agent("other").await,
    );
    let object = |name: String| DriftedObject {
        object: Some(ObjectReference {
            kind: "ConfigMap".into(),
            name,
            ..Default::default()
        }),
        ..DriftedObject::default()
    };
    let names = async |request: ListHistoryRequest| {
        let listed = RecordsClient::new(stand.admin())
            .list_drift(request)
            .await
            .unwrap()
            .into_inner();
        let names: Vec<String> = listed
            .records
            .into_iter()
            .map(|record| record.object.unwrap().object.unwrap().name)
            .collect();
        (names, listed.next_page_token)
    };
    for number in 0..8 {
        let report = DriftReport {
            project: Some(project()),
            commit_id: "c1".into(),
            objects: vec![object(format!("o{number}"))],
        };
        ReportsClient::new(stand.connect(&agent))
            .report_drift(report)
            .await
            .unwrap();
    }
    let report = DriftReport {
        project: Some(project()),
        commit_id: "c1".into(),
        objects: vec![object("theirs".into())],
    };
    ReportsClient::new(stand.connect(&other))
        .report_drift(report)
        .await
        .unwrap();
    // five of each agent are kept
    let of_agent = ListHistoryRequest {
        agent: Some(selector(&agent)),
        limit: 3,
        ..Default::default()
    };
    let (first, token) = names(of_agent.clone()).await;
    assert_eq!(first, ["o7", "o6", "o5"]);
    let (second, _) = names(ListHistoryRequest {
        page_token: token,
        ..of_agent
    })
    .await;
    assert_eq!(second, ["o4", "o3"]);
    let (all, token) = names(ListHistoryRequest::default()).await;
    assert_eq!((all.len(), all[0].as_str(), token.as_str()), (6, "theirs", ""));
    let report = AuditReport {
        project: Some(project()),
        entries: vec![AuditEntry {
            commit_id: "c1".into(),
            cause: "commit".into(),
            ..Default::default()
        }],
    };
    ReportsClient::new(stand.connect(&agent))
        .report_audit(report)
        .await
        .unwrap();
    let audit = RecordsClient::new(stand.admin())
        .list_audit(ListHistoryRequest::default())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(audit.records[0].entry.as_ref().unwrap().cause, "commit");
}

#[tokio::test]
async fn a_report_of_no_project_is_refused() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let refused = ReportsClient::new(stand.connect(&agent))
        .report_status(StatusReport::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_full_disk_fails_the_report_and_nothing_else() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    stand.configure("prod", "gitops: {}");
    stand.kas.database().limit_pages(1).await.unwrap();
    let mut large = status("c1", Phase::Synced);
    large.notices = vec!["x".repeat(1024 * 1024)];
    let mut reports = ReportsClient::new(stand.connect(&agent));
    let refused = reports.report_status(large.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(
        refused.message(),
        "failed to store the status report: the disk that holds the database is full; free some space"
    );
    // what needs no room goes on
    next(&mut stand.watch_configuration(&agent, "").await).await;
    assert_eq!(stand.get("/readiness").await.0, 200);
    assert!(
        stand
            .get("/metrics")
            .await
            .1
            .contains("kas_database_errors_total 1")
    );
    stand.kas.database().limit_pages(100_000).await.unwrap();
    reports.report_status(large).await.unwrap();
}

#[tokio::test]
async fn one_agent_cannot_fill_the_disk() {
    let stand = Stand::start().await;
    let agent = stand.create_agent("prod").await;
    let mut reports = ReportsClient::new(stand.connect(&agent));
    let huge = AuditReport {
        project: Some(project()),
        entries: vec![AuditEntry {
            message: "x".repeat(1024 * 1024),
            ..AuditEntry::default()
        }],
    };
    let refused = reports.report_audit(huge).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for number in 0..1100 {
        let mut status = status("c1", Phase::Synced);
        status.project.as_mut().unwrap().project_id = format!("invented/{number}");
        reports.report_status(status).await.unwrap();
    }
    let kept = stand.kas.database().statuses(Some(agent.id)).await.unwrap();
    assert!(kept.len() < 1050, "{}", kept.len());
}
