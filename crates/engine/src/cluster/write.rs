use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{
    Cluster, Error, Resource,
    resource::escape,
    transport::{Answer, Call, Verb, parse},
};

const JSON: &str = "application/json";
const APPLY_PATCH: &str = "application/apply-patch+yaml";
const JSON_PATCH: &str = "application/json-patch+json";

/// One server-side apply.
#[derive(Clone, Debug)]
pub struct ApplyRequest<'a> {
    /// The kind of the object.
    pub resource: &'a Resource,
    /// Its namespace; empty when it is in none.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The intent, as JSON.
    pub intent: Bytes,
    /// Who applies.
    pub manager: &'a str,
    /// Whether fields of other managers are taken.
    pub force: bool,
    /// Whether nothing shall be stored.
    pub dry_run: bool,
}

/// What an apply left.
#[derive(Debug)]
pub struct Applied {
    /// The object as it is now.
    pub object: Value,
    /// Whether it did not exist before.
    pub created: bool,
    /// What the server warned of.
    pub warnings: Vec<String>,
}

/// What a deletion came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone.
    Gone,
    /// It was gone already.
    Absent,
    /// It goes once its finalizers, its dependents or its grace period allow it.
    Pending,
}

impl Deletion {
    /// Whether the object is no longer there.
    pub fn is_gone(self) -> bool {
        self != Self::Pending
    }

    /// The server answers with a `Status` for what is gone, and with the object for what stays for a while.
    fn read(body: &[u8]) -> Self {
        let answer: Value = serde_json::from_slice(body).unwrap_or_default();
        let stays = answer
            .pointer("/metadata/finalizers")
            .is_some_and(|list| list.as_array().is_some_and(|list| !list.is_empty()))
            || answer
                .pointer("/metadata/deletionGracePeriodSeconds")
                .and_then(Value::as_i64)
                .is_some_and(|grace| grace > 0)
            || answer.get("kind").and_then(Value::as_str) == Some("Namespace");
        if stays { Self::Pending } else { Self::Gone }
    }
}

impl Cluster {
    /// Applies an object on the server's side.
    pub async fn apply(&self, request: ApplyRequest<'_>) -> Result<Applied, Error> {
        let ApplyRequest {
            resource,
            namespace,
            name,
            ..
        } = request;
        let mut path = format!(
            "{}?fieldManager={}&force={}&fieldValidation=Warn",
            resource.object(namespace, name),
            escape(request.manager),
            request.force
        );
        if request.dry_run {
            path.push_str("&dryRun=All");
        }
        let verb = if request.dry_run { "dry-run" } else { "apply" };
        let call = Call {
            operation: &|| format!("{verb} {}", resource.key(namespace, name)),
            verb: if request.dry_run {
                Verb::DryRun
            } else {
                Verb::Patch
            },
            method: Method::PATCH,
            path: &path,
            accept: JSON,
            content_type: Some(APPLY_PATCH),
            body: request.intent.clone(),
        };
        let answer = self.transport().send(&call).await?;
        applied(&call, &answer)
    }

    /// Changes an object by a JSON patch, under a manager's name.
    pub async fn json_patch(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        patch: &Value,
        manager: &str,
    ) -> Result<Applied, Error> {
        let path = format!(
            "{}?fieldManager={}",
            resource.object(namespace, name),
            escape(manager)
        );
        let call = Call {
            operation: &|| format!("patch {}", resource.key(namespace, name)),
            verb: Verb::Patch,
            method: Method::PATCH,
            path: &path,
            accept: JSON,
            content_type: Some(JSON_PATCH),
            body: Bytes::from(patch.to_string()),
        };
        let answer = self.transport().send(&call).await?;
        applied(&call, &answer)
    }

    /// Deletes an object when it still has this UID.
    pub async fn delete(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        uid: &str,
        propagation: &str,
        dry_run: bool,
    ) -> Result<Deletion, Error> {
        let mut options = json!({
            "apiVersion": "v1", "kind": "DeleteOptions",
            "propagationPolicy": propagation, "preconditions": {"uid": uid},
        });
        if dry_run {
            options["dryRun"] = json!(["All"]);
        }
        let call = Call {
            operation: &|| format!("delete {}", resource.key(namespace, name)),
            verb: if dry_run { Verb::DryRun } else { Verb::Delete },
            method: Method::DELETE,
            path: &resource.object(namespace, name),
            accept: JSON,
            content_type: Some(JSON),
            body: Bytes::from(options.to_string()),
        };
        match self.transport().send(&call).await {
            Ok(answer) => Ok(Deletion::read(&answer.body)),
            Err(error) if error.is_code(404) => Ok(Deletion::Absent),
            Err(error) => Err(error),
        }
    }
}

fn applied(call: &Call<'_>, answer: &Answer) -> Result<Applied, Error> {
    let object = parse(call, &answer.body)?;
    let warnings = answer.headers.get_all(header::WARNING);
    Ok(Applied {
        object,
        created: answer.status == StatusCode::CREATED,
        warnings: warnings
            .iter()
            .filter_map(|value| warning_text(value.to_str().ok()?))
            .collect(),
    })
}

/// `299 - "text"` as RFC 7234 has it.
fn warning_text(header: &str) -> Option<String> {
    let start = header.find('"')? + 1;
    let end = header.rfind('"').filter(|end| *end > start)?;
    Some(header[start..end].replace("\\\"", "\"").replace("\\\\", "\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_unquoted() {
        assert_eq!(
            warning_text(r#"299 - "unknown field \"spec.x\"""#).unwrap(),
            r#"unknown field "spec.x""#
        );
        assert_eq!(warning_text("299"), None);
    }
}
