use std::collections::HashMap;

use serde_json::Value;

/// What a repository offers; of each version only what is needed to get it.
#[derive(Debug)]
pub(crate) struct Index(HashMap<String, Vec<Entry>>);

/// A version of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) version: String,
    pub(super) url: String,
    pub(super) digest: Option<String>,
}

impl Index {
    /// Reads an `index.yaml`. Versions without a place are left out, as nobody can get them.
    pub(super) fn parse(text: &[u8]) -> Result<Self, String> {
        let mut document = yaml::from_slice(text, yaml::Reader::V2).map_err(|error| error.to_string())?;
        let charts = match document.get_mut("entries").map(Value::take) {
            Some(Value::Object(charts)) => charts,
            Some(Value::Null) => serde_json::Map::new(),
            _ => return Err("it has no entries".to_owned()),
        };
        let charts = charts.into_iter().map(|(name, versions)| {
            let versions = versions.as_array().into_iter().flatten();
            (name, versions.filter_map(Entry::read).collect())
        });
        Ok(Self(charts.collect()))
    }

    pub(super) fn versions(&self, chart: &str) -> Option<&[Entry]> {
        self.0.get(chart).map(Vec::as_slice)
    }
}

impl Entry {
    fn read(version: &Value) -> Option<Self> {
        let text = |name: &str| version.get(name)?.as_str().filter(|text| !text.is_empty());
        Some(Self {
            version: text("version")?.to_owned(),
            url: version.get("urls")?.get(0)?.as_str()?.to_owned(),
            digest: text("digest").map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_can_be_had_are_kept() {
        let index = Index::parse(
            b"apiVersion: v1\nentries:\n  a:\n  - {version: 1.0.0, urls: [a.tgz, b.tgz], digest: x}\n  - \
              {version: 2.0.0}\n  - null\n  b: null\n",
        )
        .unwrap();
        let expected = Entry {
            version: "1.0.0".to_owned(),
            url: "a.tgz".to_owned(),
            digest: Some("x".to_owned()),
        };
        assert_eq!(index.versions("a"), Some([expected].as_slice()));
        assert_eq!(index.versions("b"), Some([].as_slice()));
        assert_eq!(index.versions("c"), None);
    }

    #[test]
    fn what_is_no_index_is_told() {
        for text in ["", "<html>", "entries: 1", "a: [", "entries: []"] {
            assert!(Index::parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
