use serde_json::Value;

use crate::{
    decode::{Strictness, decodable, decode},
    error::{Result, fail},
    node::{Access as _, Kind, Node},
    resource::Resource,
};

decodable! {
    struct ServiceAccount("ServiceAccount" in "types") {
        name: String = "name",
        project_id: String = "projectId",
    }

    struct KubernetesService("KubernetesService" in "types") {
        name: String = "name",
        namespace: String = "namespace",
    }

    /// A ServiceAccount that stands for an account of a cloud.
    struct IamPolicy("IAMPolicyGeneratorPlugin" in "builtins") {
        cloud: String = "cloud",
        kubernetes_service: KubernetesService = "kubernetesService",
        service_account: ServiceAccount = "serviceAccount",
    }
}

impl IamPolicy {
    pub(crate) fn configured(config: &Value) -> Result<Self> {
        decode(config, Strictness::Lenient)
    }

    pub(crate) fn generate(&self) -> Result<Resource> {
        if self.cloud != "gke" {
            fail!("cloud provider {} not supported yet", self.cloud);
        }
        let mut object = Resource::from(Node::empty(Kind::Mapping));
        object.set_api_version("v1");
        object.set_kind("ServiceAccount");
        object.set_annotation(
            "iam.gke.io/gcp-service-account",
            &format!(
                "{}@{}.iam.gserviceaccount.com",
                self.service_account.name, self.service_account.project_id
            ),
        );
        object.set_name(&self.kubernetes_service.name);
        object.set_namespace(&self.kubernetes_service.namespace);
        Ok(object)
    }
}
