use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use git::{Credentials, Remote, Secret, Timeouts};

use super::{Error, GitSettings, ProjectSettings, file};

pub(super) fn git_settings(
    git: file::Git,
    cache_directory: Option<PathBuf>,
    flags: &[String],
) -> Result<GitSettings, Error> {
    let defaults = Timeouts::default();
    let timeouts = Timeouts {
        connect: git.connect_timeout.map_or(defaults.connect, |timeout| timeout.0),
        stall: git.stall_timeout.map_or(defaults.stall, |timeout| timeout.0),
        total: git.total_timeout.map_or(defaults.total, |timeout| timeout.0),
    };
    let mut projects = Vec::new();
    for project in git.projects {
        projects.push(project_settings(project, timeouts)?);
    }
    for flag in flags {
        let (id, url) = flag
            .split_once('=')
            .ok_or_else(|| Error::invalid("--project", flag, "write it as ID=URL"))?;
        let id = id.to_owned();
        let remote = remote(&id, url)?.with_timeouts(timeouts);
        projects.retain(|project| project.id != id);
        projects.push(ProjectSettings {
            id,
            remote,
            readable_by: None,
        });
    }
    let mut ids = BTreeSet::new();
    if let Some(twice) = projects.iter().find(|project| !ids.insert(&project.id)) {
        return Err(Error::invalid(
            "git.projects",
            &twice.id,
            "the project is there twice",
        ));
    }
    Ok(GitSettings {
        cache_directory: cache_directory
            .or(git.cache_directory)
            .unwrap_or_else(|| "kas-git-cache".into()),
        max_concurrent_fetches: git.max_concurrent_fetches.unwrap_or(16).max(1),
        projects,
    })
}

fn remote(id: &str, url: &str) -> Result<Remote, Error> {
    Remote::new(url).map_err(|source| Error::Project {
        id: id.to_owned(),
        source,
    })
}

fn project_settings(project: file::Project, timeouts: Timeouts) -> Result<ProjectSettings, Error> {
    let key = |name: &str| format!("git.projects[{}].{name}", project.id);
    let ways = [&project.password_file, &project.token_file, &project.ssh_key_file];
    if ways.iter().filter(|way| way.is_some()).count() > 1 {
        return Err(Error::invalid(
            key("password_file"),
            "",
            "use one of password_file, token_file and ssh_key_file",
        ));
    }
    let mut remote = remote(&project.id, &project.url)?
        .with_timeouts(timeouts)
        .with_ca_certificate_file(project.ca_certificate_file.clone())
        .allow_plain_http(project.allow_plain_http);
    if let Some(file) = &project.password_file {
        // with a token as password most servers take any name
        let username = project.username.clone().unwrap_or_else(|| "git".to_owned());
        remote = remote.with_credentials(Credentials::Basic {
            username,
            password: read_secret(&key("password_file"), file)?,
        });
    } else if let Some(file) = &project.token_file {
        remote = remote.with_credentials(Credentials::Bearer(read_secret(&key("token_file"), file)?));
    } else if let Some(file) = &project.ssh_key_file {
        remote = remote.with_credentials(Credentials::SshKey {
            key_file: file.clone(),
            known_hosts_file: project.known_hosts_file.clone(),
        });
    }
    let readable_by = project.readable_by.map(BTreeSet::from_iter);
    Ok(ProjectSettings {
        id: project.id,
        remote,
        readable_by,
    })
}

pub(super) fn read_secret(key: &str, path: &Path) -> Result<Secret, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Unreadable {
        key: key.to_owned(),
        path: path.to_owned(),
        source,
    })?;
    if text.trim().is_empty() {
        return Err(Error::invalid(
            key,
            path.display().to_string(),
            "the file is empty",
        ));
    }
    Ok(Secret::new(&text))
}
