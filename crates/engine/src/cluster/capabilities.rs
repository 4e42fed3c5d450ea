use serde::Deserialize;

use super::{Cluster, Error, discovery};
use crate::render::Capabilities;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: String,
}

impl Cluster {
    /// What it is and what it serves.
    pub async fn capabilities(&self) -> Result<Capabilities, Error> {
        let version = discovery::get::<Version>(self.transport(), "/version");
        let (version, discovery) = futures::try_join!(version, self.discovery())?;
        let mut api_versions: Vec<String> = discovery
            .resources()
            .flat_map(|resource| {
                let api_version = resource.gvk.api_version();
                [format!("{api_version}/{}", resource.gvk.kind), api_version]
            })
            // as Helm does: what a chart makes only where such a version is must not go while its server is down
            .chain(discovery.unavailable().map(str::to_owned))
            .collect();
        api_versions.sort_unstable();
        api_versions.dedup();
        Ok(Capabilities {
            kube_version: version.git_version,
            api_versions,
        })
    }
}
