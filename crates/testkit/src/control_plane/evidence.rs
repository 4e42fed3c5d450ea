//! What a failed test leaves to read: the objects and events of its namespace, the ends of the servers' logs.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;
use kube::api::{DynamicObject, ListParams};
use kube::discovery::{Discovery, Scope, verbs};
use kube::{Api, Client};

use super::plane::ControlPlane;
use crate::process::log_tail;

const LOG_LINES: usize = 15;

impl ControlPlane {
    /// Every object in `namespace` as JSON (Secrets by name only) and the tail of every log.
    pub async fn evidence(&self, namespace: &str) -> String {
        let mut report = format!("---- evidence: namespace {namespace} ----\n");
        match self.connect().await {
            Ok(client) => {
                if let Err(error) = describe_objects(&client, namespace, &mut report).await {
                    let _ = writeln!(report, "objects cannot be listed: {error:#}");
                }
            }
            Err(error) => {
                let _ = writeln!(report, "the API server cannot be asked: {error:#}");
            }
        }
        for log in self.workspace().logs() {
            let name = log.file_stem().unwrap_or_default().to_string_lossy();
            let _ = writeln!(
                report,
                "---- end of the log of {name} ----\n{}",
                log_tail(&log, LOG_LINES)
            );
        }
        report
    }

    pub(crate) async fn print_evidence(&self, namespace: &str) {
        let report = self.evidence(namespace).await;
        // nothing can be done about a closed standard error
        let _ = std::io::stderr().write_all(report.as_bytes());
    }
}

async fn describe_objects(client: &Client, namespace: &str, report: &mut String) -> Result<()> {
    let discovery = Discovery::new(client.clone()).run().await?;
    for group in discovery.groups() {
        for (resource, capabilities) in group.recommended_resources() {
            if capabilities.scope != Scope::Namespaced || !capabilities.supports_operation(verbs::LIST) {
                continue;
            }
            let objects: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource);
            for object in objects.list(&ListParams::default()).await? {
                let name = object.metadata.name.clone().unwrap_or_default();
                let content = content_of(&resource.kind, object);
                let _ = writeln!(report, "{}/{name} {content}", resource.kind);
            }
        }
    }
    Ok(())
}

fn content_of(kind: &str, mut object: DynamicObject) -> String {
    if kind == "Secret" {
        return "(not shown)".to_owned();
    }
    object.metadata.managed_fields = None;
    serde_json::to_string(&object).unwrap_or_default()
}
