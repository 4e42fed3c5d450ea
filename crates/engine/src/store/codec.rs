use std::collections::BTreeSet;

use manifest::ResourceKey;

pub(super) fn encode(keys: &BTreeSet<ResourceKey>) -> Vec<u8> {
    let json = serde_json::to_vec(keys).expect("keys are plain texts");
    zstd::bulk::compress(&json, 3).expect("compressing memory does not fail")
}

pub(super) fn decode(bytes: &[u8]) -> Result<BTreeSet<ResourceKey>, String> {
    let json = zstd::stream::decode_all(bytes).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}
