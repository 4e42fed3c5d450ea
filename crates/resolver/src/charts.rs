use bytes::Bytes;
use helm::remote::{ChartReference, FetchError, Repositories};
use url::Url;

use crate::{Error, Resolver, credentials::Repository, versions::Wanted};

impl Repositories for Resolver {
    fn chart(&self, reference: &ChartReference) -> Result<Bytes, FetchError> {
        Ok(self.charts.get_or(reference, || self.find_chart(reference))?)
    }
}

impl Resolver {
    fn find_chart(&self, reference: &ChartReference) -> Result<Bytes, Error> {
        let repository = reference.repository.as_str();
        let wanted = || Wanted::new(&reference.version, reference.devel);
        if repository.is_empty() {
            return self.chart_by_url(&reference.name, &wanted()?);
        }
        if repository.starts_with("oci://") {
            let url = format!("{}/{}", repository.trim_end_matches('/'), reference.name);
            return self.registry_chart(&url, &wanted()?);
        }
        let known = &self.credentials.repositories;
        let named = repository
            .strip_prefix('@')
            .or_else(|| repository.strip_prefix("alias:"));
        let repository = match named {
            Some(name) => known.named(name)?.clone(),
            None => known
                .at(repository)
                .cloned()
                .unwrap_or_else(|| Repository::anonymous(repository)),
        };
        self.repository_chart(&repository, &reference.name, &wanted()?)
    }

    /// A chart that is named by a URL of its own.
    fn chart_by_url(&self, url: &str, wanted: &Wanted) -> Result<Bytes, Error> {
        if url.starts_with("oci://") {
            return self.registry_chart(url, wanted);
        }
        let parsed = Url::parse(url).map_err(|error| Error::InvalidUrl {
            url: url.to_owned(),
            reason: error.to_string(),
        })?;
        self.archive(&parsed, None, None)
    }
}
