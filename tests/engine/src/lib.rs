//! What the engine's suites share: an application in namespaces of its own, synced against the real API server.

use std::{sync::Mutex, time::Duration};

use engine::{
    Application, ChangeSet, Cluster, Desired, Event, Events, InventoryId, SyncOptions, cluster::Resource,
};
use manifest::{GroupVersionKind, Object, ResourceKey, stream};
use serde_json::Value;
use testkit::ControlPlane;
use tokio_util::sync::CancellationToken;

/// An application and the namespace of its test.
pub struct Bench {
    /// The connection.
    pub cluster: Cluster,
    /// Who applies.
    pub application: Application,
    /// The namespace of the test.
    pub namespace: String,
    /// How it syncs; to be changed by the test.
    pub options: SyncOptions,
    events: Mutex<Vec<Event>>,
}

impl Bench {
    /// An application called `web` in a fresh namespace, which holds its inventory.
    pub async fn new(purpose: &str) -> Self {
        Self::on(ControlPlane::shared(), purpose).await
    }

    /// The same on a control plane of its own.
    pub async fn on(plane: &ControlPlane, purpose: &str) -> Self {
        let namespace = ControlPlane::unique_name(purpose);
        let cluster = connect(plane).await;
        let bench = Self {
            application: Application::new(InventoryId::new(&*namespace, "web")),
            cluster,
            namespace,
            options: SyncOptions {
                ready_timeout: Duration::from_mins(1),
                ..SyncOptions::default()
            },
            events: Mutex::default(),
        };
        bench
            .kubectl_create(&format!(
                "apiVersion: v1\nkind: Namespace\nmetadata: {{name: {}}}",
                bench.namespace
            ))
            .await;
        bench
    }

    /// Another application in the same namespace.
    #[must_use]
    pub fn neighbour(&self, name: &str) -> Self {
        Self {
            cluster: self.cluster.clone(),
            application: Application::new(InventoryId::new(&*self.namespace, name)),
            namespace: self.namespace.clone(),
            options: self.options.clone(),
            events: Mutex::default(),
        }
    }

    /// The objects of a text in which `NS` stands for the namespace of the test.
    pub fn desired(&self, text: &str) -> Desired {
        Desired {
            default_namespace: self.namespace.clone(),
            ..Desired::new("test", objects(&text.replace("NS", &self.namespace)))
        }
    }

    /// Syncs these objects.
    pub async fn sync(&self, text: &str) -> ChangeSet {
        self.sync_desired(&self.desired(text)).await
    }

    /// Syncs a desired state.
    pub async fn sync_desired(&self, desired: &Desired) -> ChangeSet {
        let cancel = CancellationToken::new();
        let (events, mut received) = Events::channel();
        let result = engine::sync(
            &self.cluster,
            &self.application,
            desired,
            &self.options,
            &events,
            &cancel,
        )
        .await;
        drop(events);
        while let Ok(event) = received.try_recv() {
            self.events
                .lock()
                .expect("the set-up of a test works")
                .push(event);
        }
        result.expect("the set-up of a test works")
    }

    /// The events of all syncs so far.
    pub fn take_events(&self) -> Vec<Event> {
        std::mem::take(&mut *self.events.lock().expect("the set-up of a test works"))
    }

    /// The key of an object in the namespace of the test.
    pub fn key(&self, group: &str, kind: &str, name: &str) -> ResourceKey {
        ResourceKey::new(group, kind, &*self.namespace, name)
    }

    /// The key of a ConfigMap.
    pub fn config_map(&self, name: &str) -> ResourceKey {
        self.key("", "ConfigMap", name)
    }

    /// An object as it is in the cluster.
    pub async fn live(&self, api_version: &str, kind: &str, name: &str) -> Option<Value> {
        let resource = self.resource(api_version, kind).await;
        self.cluster
            .get(&resource, &self.namespace, name)
            .await
            .expect("the set-up of a test works")
    }

    /// Writes objects as someone who does not apply on the server's side, under this manager's name.
    pub async fn write_as(&self, manager: &str, text: &str) {
        for object in objects(&text.replace("NS", &self.namespace)) {
            let resource = self.resource(object.api_version(), object.kind()).await;
            let request = engine::cluster::ApplyRequest {
                resource: &resource,
                namespace: object.namespace(),
                name: object.name(),
                intent: object.value().to_string().into(),
                manager,
                force: true,
                dry_run: false,
            };
            self.cluster
                .apply(request)
                .await
                .expect("the set-up of a test works");
        }
    }

    /// Merges a patch into a live object, as `kubectl patch` or `kubectl edit` do.
    pub async fn merge_as(&self, manager: &str, api_version: &str, kind: &str, name: &str, patch: Value) {
        let gvk = GroupVersionKind::from_api_version(api_version, kind);
        let resource = self.resource(api_version, kind).await;
        let kind = kube::core::GroupVersionKind::gvk(&gvk.group, &gvk.version, &gvk.kind);
        let api_resource = kube::core::ApiResource::from_gvk_with_plural(&kind, &resource.plural);
        let api: kube::Api<kube::core::DynamicObject> =
            kube::Api::namespaced_with(self.cluster.client().clone(), &self.namespace, &api_resource);
        let parameters = kube::api::PatchParams {
            field_manager: Some(manager.to_owned()),
            ..Default::default()
        };
        api.patch(name, &parameters, &kube::api::Patch::Merge(patch))
            .await
            .expect("the set-up of a test works");
    }

    /// Merges a patch into a live object that is in no namespace.
    pub async fn merge_cluster_scoped(&self, api_version: &str, kind: &str, name: &str, patch: Value) {
        let gvk = GroupVersionKind::from_api_version(api_version, kind);
        let resource = self.resource(api_version, kind).await;
        let kind = kube::core::GroupVersionKind::gvk(&gvk.group, &gvk.version, &gvk.kind);
        let api_resource = kube::core::ApiResource::from_gvk_with_plural(&kind, &resource.plural);
        let api: kube::Api<kube::core::DynamicObject> =
            kube::Api::all_with(self.cluster.client().clone(), &api_resource);
        let parameters = kube::api::PatchParams::default();
        api.patch(name, &parameters, &kube::api::Patch::Merge(patch))
            .await
            .expect("the set-up of a test works");
    }

    /// Scales a Deployment, as `kubectl scale` does.
    pub async fn scale_as(&self, manager: &str, name: &str, replicas: u32) {
        let gvk = kube::core::GroupVersionKind::gvk("apps", "v1", "Deployment");
        let resource = kube::core::ApiResource::from_gvk_with_plural(&gvk, "deployments");
        let api: kube::Api<kube::core::DynamicObject> =
            kube::Api::namespaced_with(self.cluster.client().clone(), &self.namespace, &resource);
        let parameters = kube::api::PatchParams {
            field_manager: Some(manager.to_owned()),
            ..Default::default()
        };
        let patch = serde_json::json!({"spec": {"replicas": replicas}});
        api.patch_scale(name, &parameters, &kube::api::Patch::Merge(patch))
            .await
            .expect("the set-up of a test works");
    }

    /// Creates an object as `kubectl create` does.
    pub async fn kubectl_create(&self, text: &str) {
        self.create_as("kubectl-create", text).await;
    }

    /// Creates an object under a manager's name, without applying it.
    pub async fn create_as(&self, manager: &str, text: &str) {
        for object in objects(text) {
            let gvk = object.gvk();
            let resource = self.resource(object.api_version(), object.kind()).await;
            let kind = kube::core::GroupVersionKind::gvk(&gvk.group, &gvk.version, &gvk.kind);
            let api_resource = kube::core::ApiResource::from_gvk_with_plural(&kind, &resource.plural);
            let client = self.cluster.client().clone();
            let api: kube::Api<kube::core::DynamicObject> = if resource.namespaced {
                kube::Api::namespaced_with(client, object.namespace(), &api_resource)
            } else {
                kube::Api::all_with(client, &api_resource)
            };
            let parameters = kube::api::PostParams {
                field_manager: Some(manager.to_owned()),
                ..Default::default()
            };
            let value: kube::core::DynamicObject =
                serde_json::from_value(object.into_value()).expect("the set-up of a test works");
            api.create(&parameters, &value)
                .await
                .expect("the set-up of a test works");
        }
    }

    /// The names in the inventory, sorted.
    pub async fn recorded(&self) -> Vec<String> {
        let statuses = engine::status(&self.cluster, &self.application)
            .await
            .expect("the inventory is read")
            .unwrap_or_default();
        let mut names: Vec<String> = statuses.into_iter().map(|status| status.key.name).collect();
        names.sort();
        names
    }

    /// Waits until an object is no longer there.
    pub async fn until_gone(&self, api_version: &str, kind: &str, name: &str) {
        for _ in 0..200 {
            if self.live(api_version, kind, name).await.is_none() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{kind}/{name} does not go");
    }

    /// Deletes an object of any namespace as someone else.
    pub async fn delete_key(&self, api_version: &str, key: &ResourceKey) {
        let resource = self.resource(api_version, &key.kind).await;
        let live = self.cluster.get(&resource, &key.namespace, &key.name).await;
        let live = live
            .expect("the set-up of a test works")
            .expect("the set-up of a test works");
        let uid = live["metadata"]["uid"].as_str().unwrap_or_default();
        let deleted = self
            .cluster
            .delete(&resource, &key.namespace, &key.name, uid, "Background", false)
            .await;
        assert!(deleted.expect("the set-up of a test works").is_gone());
    }

    /// Deletes an object as someone else.
    pub async fn delete(&self, api_version: &str, kind: &str, name: &str) {
        let resource = self.resource(api_version, kind).await;
        let live = self
            .live(api_version, kind, name)
            .await
            .expect("the set-up of a test works");
        let uid = live["metadata"]["uid"]
            .as_str()
            .expect("the set-up of a test works");
        let deleted = self
            .cluster
            .delete(&resource, &self.namespace, name, uid, "Background", false)
            .await;
        assert!(deleted.expect("the set-up of a test works").is_gone());
    }

    /// How a kind is reached.
    pub async fn resource(&self, api_version: &str, kind: &str) -> Resource {
        let gvk = GroupVersionKind::from_api_version(api_version, kind);
        self.cluster
            .resource(&gvk)
            .await
            .expect("the set-up of a test works")
    }
}

/// A connection to the control plane of this test run.
pub async fn connect(plane: &ControlPlane) -> Cluster {
    Cluster::with_client(plane.client().await, engine::cluster::ClusterOptions::default())
}

/// A connection as somebody else, or by another way.
pub fn connect_as(client: kube::Client) -> Cluster {
    Cluster::with_client(client, engine::cluster::ClusterOptions::default())
}

/// The objects of a text.
pub fn objects(text: &str) -> Vec<Object> {
    stream::read("test.yaml", text.as_bytes())
        .into_iter()
        .map(|object| object.expect("the set-up of a test works"))
        .collect()
}
