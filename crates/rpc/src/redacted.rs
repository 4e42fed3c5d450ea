//! `Debug` for messages that carry secrets or manifests: it shows that they are there, not what they are.

use std::fmt;

use crate::{
    gitlab::agent::gitops::rpc::objects_to_synchronize_response::Object,
    glops::{
        admin::v1::{CreateAgentResponse, CreateTokenResponse},
        configuration::v1::Helm,
        manifests::v1::BlobPart,
    },
};

struct Redacted;

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(redacted)")
    }
}

impl fmt::Debug for CreateAgentResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateAgentResponse")
            .field("agent", &self.agent)
            .field("token", &Redacted)
            .finish()
    }
}

impl fmt::Debug for CreateTokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateTokenResponse")
            .field("token", &self.token)
            .field("secret", &Redacted)
            .finish()
    }
}

impl fmt::Debug for BlobPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlobPart")
            .field("blob_id", &self.blob_id)
            .field("bytes", &self.data.len())
            .finish()
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("source", &self.source)
            .field("bytes", &self.data.len())
            .finish()
    }
}

impl fmt::Debug for Helm {
    // `set` may hold a password
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Helm")
            .field("release_name", &self.release_name)
            .field("namespace", &self.namespace)
            .field("values_files", &self.values_files)
            .field("set", &Redacted)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_manifests_stay_out_of_debug() {
        let shown = [
            format!(
                "{:?}",
                CreateAgentResponse {
                    agent: None,
                    token: "hunter2".into()
                }
            ),
            format!(
                "{:?}",
                CreateTokenResponse {
                    token: None,
                    secret: "hunter2".into()
                }
            ),
            format!(
                "{:?}",
                BlobPart {
                    blob_id: "id".into(),
                    data: "hunter2".into()
                }
            ),
            format!(
                "{:?}",
                Object {
                    source: "a.yaml".into(),
                    data: "hunter2".into()
                }
            ),
            format!(
                "{:?}",
                Helm {
                    set: vec!["password=hunter2".into()],
                    ..Helm::default()
                }
            ),
        ];
        for text in shown {
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
