use serde::Deserialize;

use crate::Digest;

/// The form of manifests that is asked for.
pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
/// The form of a layer that is a chart, and what it was called at first.
const CHART: [&str; 2] = [
    "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    "application/tar+gzip",
];

/// What a version consists of.
#[derive(Debug, Deserialize)]
pub(super) struct Manifest {
    config: Descriptor,
    layers: Vec<Descriptor>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    media_type: String,
    digest: String,
    size: u64,
}

impl Manifest {
    /// The layer with the chart, and its size.
    pub(super) fn chart(&self) -> Result<(Digest, u64), String> {
        if self.config.media_type != CONFIG {
            return Err(format!("its configuration is {:?}", self.config.media_type));
        }
        let layer = self
            .layers
            .iter()
            .find(|layer| CHART.contains(&layer.media_type.as_str()))
            .ok_or("none of its layers holds one")?;
        let digest = Digest::parse(&layer.digest).map_err(|error| error.to_string())?;
        Ok((digest, layer.size))
    }
}
