//! The code in `src/generated` is what `proto/` says. `cargo xtask codegen` runs this test with `GLOPS_CODEGEN=write`,
//! which writes the code anew instead of comparing it.

#![expect(clippy::unwrap_used, reason = "a failure here is a failure of the test")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Messages whose `Debug` is written by hand, since a derived one would print a secret or a manifest.
const WITHOUT_DEBUG: [&str; 5] = [
    "glops.admin.v1.CreateAgentResponse",
    "glops.admin.v1.CreateTokenResponse",
    "glops.manifests.v1.BlobPart",
    "gitlab.agent.gitops.rpc.ObjectsToSynchronizeResponse.Object",
    "glops.configuration.v1.Helm",
];

#[test]
fn generated_code_is_up_to_date() {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = crate_root.join("src/generated");
    let scratch = tempfile::tempdir().unwrap();
    generate(&crate_root.join("../../proto"), scratch.path());
    let fresh = files_of(scratch.path());
    if std::env::var_os("GLOPS_CODEGEN").is_some_and(|mode| mode == "write") {
        fs::remove_dir_all(&committed).unwrap();
        fs::create_dir_all(&committed).unwrap();
        for (name, content) in &fresh {
            fs::write(committed.join(name), content).unwrap();
        }
    }
    let committed = files_of(&committed);
    assert_eq!(
        fresh.keys().collect::<Vec<_>>(),
        committed.keys().collect::<Vec<_>>(),
        "files of src/generated; run `cargo xtask codegen`"
    );
    for (name, content) in &fresh {
        assert!(
            content == &committed[name],
            "{name} is not what proto/ says; run `cargo xtask codegen`"
        );
    }
}

fn generate(protos: &Path, out: &Path) {
    let mut files = protos_below(protos);
    files.sort();
    let descriptors = protox::compile(&files, [protos]).unwrap();
    let mut builder = tonic_prost_build::configure()
        .out_dir(out)
        .include_file("mod.rs")
        .bytes(".glops.manifests.v1")
        .bytes(".gitlab.agent.gitops.rpc");
    for message in WITHOUT_DEBUG {
        builder = builder.skip_debug([format!(".{message}")]);
    }
    builder.compile_fds(descriptors).unwrap();
}

fn protos_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(protos_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            found.push(path);
        }
    }
    found
}

fn files_of(directory: &Path) -> BTreeMap<String, String> {
    fs::read_dir(directory)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}
