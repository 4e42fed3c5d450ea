use serde_json::Value;

/// A push, as GitLab, GitHub and Gitea tell of it: all put the names and addresses of the project into `project` or
/// `repository`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Push {
    pub(super) names: Vec<String>,
    addresses: Vec<String>,
}

const NAMES: [&str; 2] = ["path_with_namespace", "full_name"];
const ADDRESSES: [&str; 8] = [
    "git_http_url",
    "git_ssh_url",
    "http_url",
    "ssh_url",
    "clone_url",
    "url",
    "git_url",
    "html_url",
];

impl Push {
    /// `None` when the message is none that tells of a push.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let message: Value = serde_json::from_slice(body).ok()?;
        message.get("ref")?.as_str()?;
        let places = [message.get("project"), message.get("repository")];
        let texts = |keys: &[&str]| {
            let places = places.iter().flatten();
            let found = places.flat_map(|place| keys.iter().filter_map(|key| place.get(key)?.as_str()));
            found.map(str::to_owned).collect::<Vec<_>>()
        };
        let push = Self {
            names: texts(&NAMES),
            addresses: texts(&ADDRESSES),
        };
        (!push.names.is_empty() || !push.addresses.is_empty()).then_some(push)
    }

    /// Whether the push was to this project.
    pub(super) fn is_of(&self, id: &str, url: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(id))
            || self.addresses.iter().any(|address| plain(address) == plain(url))
    }
}

/// An address without what does not tell repositories apart.
fn plain(url: &str) -> &str {
    let url = url.trim_end_matches('/');
    url.strip_suffix(".git").unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_servers_message_is_understood() {
        let gitlab = r#"{"object_kind":"push","ref":"refs/heads/main","project":{"path_with_namespace":"group/app",
            "git_http_url":"https://gitlab.example.com/group/app.git"}}"#;
        let github = r#"{"ref":"refs/heads/main","repository":{"full_name":"group/app",
            "clone_url":"https://github.com/group/app.git"}}"#;
        let gitea = r#"{"ref":"refs/heads/main","repository":{"full_name":"Group/App",
            "clone_url":"https://gitea.example.com/group/app.git","ssh_url":"git@gitea.example.com:group/app.git"}}"#;
        for message in [gitlab, github, gitea] {
            let push = Push::parse(message.as_bytes()).unwrap();
            assert!(push.is_of("group/app", "/somewhere/else"), "{message}");
            assert!(!push.is_of("group/other", "/somewhere/else"), "{message}");
        }
        let push = Push::parse(gitlab.as_bytes()).unwrap();
        assert!(push.is_of("another-name", "https://gitlab.example.com/group/app"));
    }

    #[test]
    fn what_is_no_push_is_no_push() {
        for message in [
            "",
            "[]",
            "{}",
            r#"{"zen":"hook set up","repository":{"full_name":"a"}}"#,
            r#"{"ref":"x"}"#,
        ] {
            assert_eq!(Push::parse(message.as_bytes()), None, "{message}");
        }
    }
}
