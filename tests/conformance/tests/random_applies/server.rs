//! Plain requests to an API server: the answers are compared, so nothing may stand between.

use http::{Method, Request};
use kube::client::Body;
use serde_json::Value;
use testkit::ControlPlane;

/// The namespace of all objects.
pub(crate) const NAMESPACE: &str = "random";

/// How a request writes.
#[derive(Clone, Copy)]
pub(crate) enum Write {
    Create,
    Update,
    Merge,
    Apply { force: bool, dry_run: bool },
}

pub(crate) struct Server {
    client: kube::Client,
}

/// Where an object is.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) api_version: &'a str,
    pub(crate) plural: &'a str,
    /// Empty for the collection.
    pub(crate) name: &'a str,
    /// Empty for the object itself.
    pub(crate) subresource: &'a str,
}

impl Server {
    pub(crate) async fn of(plane: &ControlPlane) -> Self {
        let server = Self {
            client: plane.client().await,
        };
        let namespace = serde_json::json!({"metadata": {"name": NAMESPACE}});
        server
            .send(
                Method::POST,
                "/api/v1/namespaces",
                "application/json",
                namespace.to_string(),
            )
            .await;
        server
    }

    pub(crate) async fn create_definition(&self, definition: &Value) {
        let path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
        let (code, answer) = self
            .send(Method::POST, path, "application/json", definition.to_string())
            .await;
        assert_eq!(code, 201, "{answer}");
    }

    /// Reads a path; null when there is nothing.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (code, body) = self
            .send(Method::GET, path, "application/json", String::new())
            .await;
        if code == 200 { body } else { Value::Null }
    }

    pub(crate) async fn read(&self, place: Place<'_>) -> Value {
        self.get(&place.path()).await
    }

    pub(crate) async fn delete(&self, place: Place<'_>) {
        let path = format!(
            "{}?propagationPolicy=Background&gracePeriodSeconds=0",
            place.path()
        );
        self.send(Method::DELETE, &path, "application/json", String::new())
            .await;
    }

    /// Writes as a manager; the code and the body of the answer.
    pub(crate) async fn write(
        &self,
        place: Place<'_>,
        how: Write,
        manager: &str,
        body: &Value,
    ) -> (u16, Value) {
        let path = format!("{}?fieldManager={manager}", place.path());
        match how {
            Write::Create => {
                self.send(Method::POST, &path, "application/json", body.to_string())
                    .await
            }
            Write::Update => {
                self.send(Method::PUT, &path, "application/json", body.to_string())
                    .await
            }
            Write::Merge => {
                self.send(
                    Method::PATCH,
                    &path,
                    "application/merge-patch+json",
                    body.to_string(),
                )
                .await
            }
            Write::Apply { force, dry_run } => {
                let dry_run = if dry_run { "&dryRun=All" } else { "" };
                let path = format!("{path}&force={force}{dry_run}");
                self.send(
                    Method::PATCH,
                    &path,
                    "application/apply-patch+yaml",
                    body.to_string(),
                )
                .await
            }
        }
    }

    async fn send(&self, method: Method, path: &str, content_type: &str, body: String) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", content_type)
            .header("accept", "application/json")
            .body(Body::from(body.into_bytes()))
            .expect("the request is well formed");
        let answer = self.client.send(request).await.expect("the server answers");
        let code = answer.status().as_u16();
        let body = answer
            .into_body()
            .collect_bytes()
            .await
            .expect("the answer is whole");
        (code, serde_json::from_slice(&body).unwrap_or_default())
    }
}

impl<'a> Place<'a> {
    /// The collection in which the object is.
    pub(crate) fn collection(self) -> Self {
        Self { name: "", ..self }
    }

    pub(crate) fn subresource(self, subresource: &'a str) -> Self {
        Self { subresource, ..self }
    }

    fn path(self) -> String {
        let root = if self.api_version.contains('/') {
            "apis"
        } else {
            "api"
        };
        let collection = format!(
            "/{root}/{}/namespaces/{NAMESPACE}/{}",
            self.api_version, self.plural
        );
        let mut path = collection;
        for part in [self.name, self.subresource] {
            if !part.is_empty() {
                path = format!("{path}/{part}");
            }
        }
        path
    }
}
