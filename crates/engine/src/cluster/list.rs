use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    Cluster, Error, Resource,
    resource::escape,
    transport::{Call, Verb, parse},
};

const JSON: &str = "application/json";
const METADATA_LIST: &str =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
/// Objects in one answer at most: what was read of one page is given back before the next comes.
pub(crate) const PAGE: usize = 500;

/// Which objects of a kind to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListScope<'a> {
    /// The namespace; empty for all.
    pub namespace: &'a str,
    /// A label selector; empty for none.
    pub labels: &'a str,
    /// Whether only `metadata` is wanted.
    pub metadata_only: bool,
}

/// The objects of a list, and the point in time it is of.
#[derive(Debug, Default)]
pub struct Listed {
    /// The objects, with `apiVersion` and `kind`.
    pub items: Vec<Value>,
    /// Where a watch can go on.
    pub resource_version: String,
}

/// The items stay text until each has its turn: as values they take many times the memory.
#[derive(Deserialize)]
struct Page<'a> {
    #[serde(default)]
    metadata: PageMetadata,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageMetadata {
    #[serde(default)]
    resource_version: String,
    #[serde(default, rename = "continue")]
    next: String,
    #[serde(default)]
    remaining_item_count: Option<usize>,
}

/// What a page of a list tells besides its objects.
#[derive(Debug)]
pub(crate) struct PageEnd {
    /// What to ask for the next page with; empty when there is none.
    pub(crate) next: String,
    /// How many objects further pages hold, when the server tells.
    pub(crate) remaining: Option<usize>,
    /// Where a watch can go on.
    pub(crate) resource_version: String,
}

impl Cluster {
    /// Lists objects as they are now.
    pub async fn list(&self, resource: &Resource, scope: ListScope<'_>) -> Result<Listed, Error> {
        let mut items = Vec::new();
        let resource_version = self
            .list_each(resource, scope, |object| items.push(object))
            .await?;
        Ok(Listed {
            items,
            resource_version,
        })
    }

    /// The same, giving each object away as soon as it is read. Returns where a watch can go on.
    pub async fn list_each(
        &self,
        resource: &Resource,
        scope: ListScope<'_>,
        mut take: impl FnMut(Value),
    ) -> Result<String, Error> {
        let mut next = String::new();
        loop {
            let end = self.list_page(resource, scope, &next, &mut take).await?;
            next = end.next;
            if next.is_empty() {
                return Ok(end.resource_version);
            }
        }
    }

    /// One page of the same; the first with an empty `page`.
    pub(crate) async fn list_page(
        &self,
        resource: &Resource,
        scope: ListScope<'_>,
        page: &str,
        take: &mut impl FnMut(Value),
    ) -> Result<PageEnd, Error> {
        let path = list_path(resource, scope, page);
        let call = Call {
            operation: &|| list_operation(resource, scope.namespace),
            verb: Verb::List,
            method: Method::GET,
            path: &path,
            accept: if scope.metadata_only { METADATA_LIST } else { JSON },
            content_type: None,
            body: Bytes::new(),
        };
        let answer = self.transport().send(&call).await?;
        let page: Page<'_> = parse(&call, &answer.body)?;
        for item in page.items.unwrap_or_default() {
            let mut object = parse(&call, item.get().as_bytes())?;
            set_type(&mut object, resource);
            take(object);
        }
        let PageMetadata {
            resource_version,
            next,
            remaining_item_count,
        } = page.metadata;
        Ok(PageEnd {
            next,
            remaining: remaining_item_count,
            resource_version,
        })
    }

    /// One object; `None` when there is none.
    pub async fn get(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Value>, Error> {
        self.get_as(resource, namespace, name, JSON).await
    }

    /// The metadata of one object; `None` when there is none.
    pub async fn get_metadata(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Value>, Error> {
        self.get_as(resource, namespace, name, METADATA).await
    }

    /// The OpenAPI document of a group and version.
    pub async fn open_api(&self, api_version: &str) -> Result<Value, Error> {
        let root = if api_version.contains('/') { "apis" } else { "api" };
        let call = Call {
            operation: &|| format!("read the schemas of {api_version}"),
            verb: Verb::Discovery,
            method: Method::GET,
            path: &format!("/openapi/v3/{root}/{api_version}"),
            accept: JSON,
            content_type: None,
            body: Bytes::new(),
        };
        self.transport().read(&call).await
    }

    async fn get_as(
        &self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        accept: &str,
    ) -> Result<Option<Value>, Error> {
        let call = Call {
            operation: &|| format!("get {}", resource.key(namespace, name)),
            verb: Verb::Get,
            method: Method::GET,
            path: &resource.object(namespace, name),
            accept,
            content_type: None,
            body: Bytes::new(),
        };
        match self.transport().read::<Value>(&call).await {
            Ok(mut object) => {
                set_type(&mut object, resource);
                Ok(Some(object))
            }
            Err(error) if error.is_code(404) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn list_path(resource: &Resource, scope: ListScope<'_>, next: &str) -> String {
    let mut path = format!("{}?limit={PAGE}", resource.collection(scope.namespace));
    if !scope.labels.is_empty() {
        path.push_str("&labelSelector=");
        path.push_str(&escape(scope.labels));
    }
    if !next.is_empty() {
        path.push_str("&continue=");
        path.push_str(&escape(next));
    }
    path
}

fn list_operation(resource: &Resource, namespace: &str) -> String {
    let kind = resource.gvk.group_kind();
    if namespace.is_empty() {
        format!("list {kind} objects")
    } else {
        format!("list {kind} objects in namespace {namespace}")
    }
}

/// Items of lists come without their type, metadata with that of the partial object.
pub(super) fn set_type(object: &mut Value, resource: &Resource) {
    if let Some(map) = object.as_object_mut() {
        map.insert("apiVersion".to_owned(), Value::from(resource.gvk.api_version()));
        map.insert("kind".to_owned(), Value::from(&*resource.gvk.kind));
    }
}
