use super::file;

/// Keys of GitLab's kas that are understood and have no effect here.
pub(super) fn warnings(file: &file::File) -> Vec<String> {
    let agent = &file.agent;
    let unused = [
        ("gitlab", file.gitlab.is_some()),
        ("gitaly", file.gitaly.is_some()),
        ("redis", file.redis.is_some()),
        ("private_api", file.private_api.is_some()),
        ("autoflow", file.autoflow.is_some()),
        ("workspaces", file.workspaces.is_some()),
        ("events_platform", file.events_platform.is_some()),
        ("config", file.config.is_some()),
        ("agent.kubernetes_api", agent.kubernetes_api.is_some()),
        ("agent.remote_development", agent.remote_development.is_some()),
        ("agent.receptive_agent", agent.receptive_agent.is_some()),
        (
            "agent.listen.websocket",
            agent.listen.websocket.unwrap_or_default(),
        ),
        (
            "agent.info_cache_ttl",
            agent.info_cache_ttl.or(agent.info_cache_error_ttl).is_some(),
        ),
        (
            "agent.redis_conn_info_ttl",
            agent
                .redis_conn_info_ttl
                .or(agent.redis_conn_info_refresh)
                .or(agent.redis_conn_info_gc)
                .is_some(),
        ),
        (
            "agent.gitops.project_info_cache_ttl",
            agent
                .gitops
                .project_info_cache_ttl
                .or(agent.gitops.project_info_cache_error_ttl)
                .is_some(),
        ),
        (
            "api.listen.authentication_secret_file",
            file.api.listen.authentication_secret_file.is_some(),
        ),
        (
            "agent.listen.ca_certificate_file",
            agent.listen.ca_certificate_file.is_some(),
        ),
        (
            "agent.listen.listen_grace_period",
            agent
                .listen
                .listen_grace_period
                .or(agent.listen.shutdown_grace_period)
                .is_some(),
        ),
        (
            "observability.usage_reporting_period",
            file.observability.usage_reporting_period.is_some(),
        ),
        ("observability.tracing", file.observability.tracing.is_some()),
        ("observability.sentry", file.observability.sentry.is_some()),
        (
            "observability.google_profiler",
            file.observability.google_profiler.is_some(),
        ),
        (
            "observability.logging.grpc_level",
            file.observability.logging.grpc_level.is_some(),
        ),
    ];
    let set = unused.into_iter().filter(|(_, is_set)| *is_set);
    set.map(|(key, _)| format!("{key} has no effect on a stand-alone kas"))
        .collect()
}
