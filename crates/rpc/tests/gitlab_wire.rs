//! Our messages of GitLab's services are GitLab's to the byte: what its programs were seen to send is read, and what we
//! send is what they read. The bytes are put together here from field numbers, by nothing that our code generator makes.

#![expect(clippy::unwrap_used, reason = "a failure here is a failure of the test")]

use rpc::{
    gitlab::agent::{
        agent_configuration::rpc::{ConfigurationRequest, ConfigurationResponse},
        agent_registrar::rpc::{RegisterRequest, RegisterResponse},
        agentcfg::{self, AgentConfiguration, GitopsCf, ManifestProjectCf, manifest_project_cf::PruneOneof},
        entity::{AgentMeta, KubernetesVersion},
        gitops::rpc::{
            GitRefCf, ObjectsToSynchronizeRequest, ObjectsToSynchronizeResponse, PathCf, git_ref_cf,
            objects_to_synchronize_response::{Header, Message, Object, Trailer},
            path_cf,
        },
    },
    record::{self, Record},
};

/// A field as it is on the wire.
enum Field {
    Number(u32, u64),
    Bytes(u32, Vec<u8>),
}

fn number(tag: u32, value: u64) -> Field {
    Field::Number(tag, value)
}

fn text(tag: u32, value: &str) -> Field {
    Field::Bytes(tag, value.as_bytes().to_vec())
}

fn message(tag: u32, fields: &[Field]) -> Field {
    Field::Bytes(tag, bytes(fields))
}

fn bytes(fields: &[Field]) -> Vec<u8> {
    let mut written = Vec::new();
    for field in fields {
        match field {
            Field::Number(tag, value) => {
                varint(&mut written, u64::from(tag << 3));
                varint(&mut written, *value);
            }
            Field::Bytes(tag, content) => {
                varint(&mut written, u64::from(tag << 3 | 2));
                varint(&mut written, content.len() as u64);
                written.extend(content);
            }
        }
    }
    written
}

fn varint(written: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        written.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    written.push(value as u8);
}

#[track_caller]
fn same<T: Record + PartialEq>(ours: &T, theirs: &[Field]) {
    let theirs = bytes(theirs);
    assert!(
        record::decode::<T>(&theirs).unwrap() == *ours,
        "it is read as something else"
    );
    assert_eq!(record::encode(ours), theirs);
}

#[test]
fn what_an_agent_says_about_itself() {
    let meta = AgentMeta {
        version: "v16.5.0".into(),
        commit_id: "8daa08cc".into(),
        pod_namespace: "gitlab-agent".into(),
        pod_name: "agentk-0".into(),
        kubernetes_version: Some(KubernetesVersion {
            major: "1".into(),
            minor: "36".into(),
            git_version: "v1.36.3".into(),
            platform: "linux/amd64".into(),
        }),
    };
    let version = [
        text(1, "1"),
        text(2, "36"),
        text(3, "v1.36.3"),
        text(4, "linux/amd64"),
    ];
    let own = |version: Field| {
        [
            text(1, "v16.5.0"),
            text(2, "8daa08cc"),
            text(3, "gitlab-agent"),
            text(4, "agentk-0"),
            version,
        ]
    };
    let register = RegisterRequest {
        agent_meta: Some(meta.clone()),
        pod_id: 4_815_162_342,
    };
    same(
        &register,
        &[message(1, &own(message(5, &version))), number(2, 4_815_162_342)],
    );
    same(&RegisterResponse {}, &[]);
    // the first call comes before the version of the cluster is known: an empty message, not an absent one
    let first = ConfigurationRequest {
        commit_id: String::new(),
        agent_meta: Some(AgentMeta {
            kubernetes_version: Some(KubernetesVersion::default()),
            ..meta
        }),
        skip_register: true,
    };
    same(&first, &[message(2, &own(message(5, &[]))), number(3, 1)]);
}

#[test]
fn the_configuration_of_an_agent() {
    let project = ManifestProjectCf {
        id: Some("group/app".into()),
        default_namespace: "shop".into(),
        paths: vec![agentcfg::PathCf {
            glob: "/**/*.yaml".into(),
        }],
        dry_run_strategy: "none".into(),
        prune_propagation_policy: "foreground".into(),
        inventory_policy: "must_match".into(),
        prune_oneof: Some(PruneOneof::Prune(true)),
        ..ManifestProjectCf::default()
    };
    let response = ConfigurationResponse {
        configuration: Some(AgentConfiguration {
            gitops: Some(GitopsCf {
                manifest_projects: vec![project],
            }),
            agent_id: 101,
            project_id: 7,
            project_path: "group/config".into(),
            gitlab_external_url: "https://gitlab.example.com".into(),
            ..AgentConfiguration::default()
        }),
        commit_id: "c0ffee".into(),
    };
    let project = [
        text(1, "group/app"),
        text(4, "shop"),
        message(5, &[text(1, "/**/*.yaml")]),
        text(7, "none"),
        number(8, 1),
        text(10, "foreground"),
        text(11, "must_match"),
    ];
    let configuration = [
        message(1, &[message(1, &project)]),
        number(4, 101),
        number(5, 7),
        text(8, "group/config"),
        text(11, "https://gitlab.example.com"),
    ];
    same(&response, &[message(1, &configuration), text(2, "c0ffee")]);
}

#[test]
fn manifests_as_gitlab_gives_them() {
    let path = |path| PathCf { path: Some(path) };
    let request = ObjectsToSynchronizeRequest {
        project_id: "group/app".into(),
        commit_id: "c0ffee".into(),
        paths: vec![
            path(path_cf::Path::Glob("**/*.yaml".into())),
            path(path_cf::Path::File("a.yaml".into())),
        ],
        r#ref: Some(GitRefCf {
            r#ref: Some(git_ref_cf::Ref::Branch("main".into())),
        }),
    };
    let fields = [
        text(1, "group/app"),
        text(2, "c0ffee"),
        message(3, &[text(1, "**/*.yaml")]),
        message(3, &[text(2, "a.yaml")]),
        message(4, &[text(2, "main")]),
    ];
    same(&request, &fields);
    for (reference, tag) in [
        (git_ref_cf::Ref::Tag("v1".into()), 1),
        (git_ref_cf::Ref::Commit("v1".into()), 3),
    ] {
        let reference = GitRefCf {
            r#ref: Some(reference),
        };
        same(&reference, &[text(tag, "v1")]);
    }
    let response = |message| ObjectsToSynchronizeResponse {
        message: Some(message),
    };
    let header = Header {
        commit_id: "c0ffee".into(),
        project_id: 7,
    };
    same(
        &response(Message::Header(header)),
        &[message(1, &[text(1, "c0ffee"), number(2, 7)])],
    );
    let object = Object {
        source: "a.yaml".into(),
        data: "a: 1".into(),
    };
    same(
        &response(Message::Object(object)),
        &[message(2, &[text(1, "a.yaml"), text(2, "a: 1")])],
    );
    same(&response(Message::Trailer(Trailer {})), &[message(3, &[])]);
}

#[test]
fn what_a_newer_peer_adds_is_left_alone() {
    let later = bytes(&[number(2, 5), text(99, "from the future"), number(100, 1)]);
    assert_eq!(record::decode::<RegisterRequest>(&later).unwrap().pod_id, 5);
}
