//! One file for each service. They share [`Context`], and an open stream ends in one of the ways of [`stream`].

mod admin_agents;
mod admin_records;
mod configuration;
mod context;
mod feed;
mod gitlab_configuration;
mod gitops;
mod manifests;
mod pods;
mod registrar;
mod reports;
mod stream;

pub(crate) use self::{
    admin_agents::AgentsService, admin_records::RecordsService, configuration::ConfigurationService,
    context::Context, gitlab_configuration::GitlabConfigurationService, gitops::GitopsService,
    manifests::ManifestService, pods::Pods, registrar::RegistrarService, reports::ReportsService,
};

/// An error and its causes in one line, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
