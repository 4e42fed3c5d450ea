use serde_json::Value;

use super::daemon_set::count_templates;
use super::service::settle_service;
use crate::schema::ObjectSchema;

/// What the server does to objects of a few kinds in every write, given what was live; null when nothing was.
pub(crate) fn follow_strategy(schema: &ObjectSchema, live: &Value, object: &mut Value) {
    match (schema.kind.group.as_str(), schema.kind.kind.as_str()) {
        ("", "Service") => settle_service(live, object),
        ("apps", "DaemonSet") => count_templates(live, object),
        _ => {}
    }
}
