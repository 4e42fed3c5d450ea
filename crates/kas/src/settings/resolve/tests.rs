use super::*;

fn resolve(yaml: &str, flags: Flags) -> Result<Settings, Error> {
    Settings::from_file(serde_yaml::from_str(yaml).unwrap(), flags)
}

#[test]
fn nothing_set_is_gitlabs_defaults() {
    let settings = resolve("{}", Flags::default()).unwrap();
    assert_eq!(settings.agent.listen.address.to_string(), "127.0.0.1:8150");
    assert_eq!(settings.api.address.to_string(), "127.0.0.1:8153");
    assert_eq!(settings.agent.gitops.poll_period, Duration::from_mins(5));
    assert_eq!(settings.agent.configuration.max_file_size, 131_072);
    assert!(settings.webhook.is_none() && settings.warnings.is_empty());
}

#[test]
fn gitlabs_file_is_understood() {
    let yaml = "
        agent:
          listen: {address: '0.0.0.0:8150', websocket: true, max_connection_age: 3600s}
          gitops: {poll_period: 20s, max_number_of_files: 5}
        gitlab: {address: 'http://gitlab', authentication_secret_file: /secret}
        redis: {server: {address: 'redis:6379'}}";
    let settings = resolve(yaml, Flags::default()).unwrap();
    assert_eq!(settings.agent.listen.max_connection_age, Duration::from_hours(1));
    assert_eq!(settings.agent.gitops.max_files, 5);
    let unused = ["gitlab", "redis", "agent.listen.websocket"];
    assert_eq!(
        settings.warnings,
        unused.map(|key| format!("{key} has no effect on a stand-alone kas"))
    );
}

#[test]
fn a_flag_wins_over_the_file() {
    let flags = Flags {
        agent_listen_address: Some("127.0.0.1:0".into()),
        projects: vec!["a/b=/srv/b.git".into()],
        poll_period: Some("1s".into()),
        ..Flags::default()
    };
    let yaml = "
        agent: {listen: {address: '127.0.0.1:9'}, gitops: {poll_period: 20s}}
        git: {projects: [{id: a/b, url: /srv/other.git}]}";
    let settings = resolve(yaml, flags).unwrap();
    assert_eq!(settings.agent.listen.address.port(), 0);
    assert_eq!(settings.agent.gitops.poll_period, Duration::from_secs(1));
    let [project] = &settings.git.projects[..] else {
        panic!("one project")
    };
    assert!(project.remote.display_url().ends_with("/srv/b.git"));
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let refused = |yaml| resolve(yaml, Flags::default()).unwrap_err().to_string();
    assert_eq!(
        refused("api: {listen: {network: unix}}"),
        "api.listen.network is \"unix\": only tcp, tcp4 and tcp6 are served"
    );
    assert!(refused("agent: {listen: {certificate_file: /a}}").ends_with("are needed together"));
    assert!(refused("agent: {gitops: {poll_period: 0s}}").starts_with("agent.gitops.poll_period is \"0s\""));
    assert!(refused("git: {projects: [{id: a, url: /x}, {id: a, url: /y}]}").contains("twice"));
    assert!(refused("webhook: {listen: {}}").contains("webhook.secret_file"));
    assert!(
        serde_yaml::from_str::<file::File>("agnt: {}")
            .unwrap_err()
            .to_string()
            .contains("unknown field")
    );
}

#[test]
fn credentials_come_from_files() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    std::fs::write(&file, "hunter2\n").unwrap();
    let yaml = format!(
        "git: {{projects: [{{id: a, url: 'https://git.example.com/a.git', password_file: {}}}]}}",
        file.display()
    );
    let settings = resolve(&yaml, Flags::default()).unwrap();
    assert!(!format!("{settings:?}").contains("hunter2"));
    let missing = "git: {projects: [{id: a, url: 'https://git.example.com/a.git', token_file: /nowhere}]}";
    let error = resolve(missing, Flags::default()).unwrap_err().to_string();
    assert_eq!(
        error,
        "failed to read /nowhere named by git.projects[a].token_file"
    );
}
