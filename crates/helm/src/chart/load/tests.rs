use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::*;

const CHART: &str = "apiVersion: v2\nname: a\nversion: 1.0.0\n";

fn tree(files: &[(&str, &str)]) -> Tree {
    Tree::from_files(files.iter().map(|(name, text)| (*name, (*text).to_owned()))).expect("paths")
}

fn loaded(files: &[(&str, &str)]) -> Result<Chart, Error> {
    from_directory(&tree(files), &TreePath::root())
}

fn failure(result: Result<Chart, Error>) -> String {
    let error = result.err().expect("an error");
    std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// An archive whose names are written as they are, whatever they are.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, data) in files {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append(&header, *data).expect("an entry");
    }
    let mut gzip = tar.into_inner().expect("a tar");
    gzip.flush().expect("it is written");
    gzip.finish().expect("a gzip")
}

fn names(files: &[File]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn files_are_sorted_by_what_they_mean() {
    let chart = loaded(&[
        ("Chart.yaml", CHART),
        (".helmignore", "*.tmp\n"),
        ("values.yaml", "\u{feff}a: 1\n"),
        ("templates/a.yaml", ""),
        ("templates/.hidden", ""),
        ("crds/c.yaml", ""),
        ("x.tmp", ""),
        ("charts/b/Chart.yaml", "name: b\nversion: 1\nappVersion: 1.10\n"),
        ("charts/_c/Chart.yaml", "no chart"),
    ])
    .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(names(&chart.templates), ["templates/a.yaml"]);
    assert_eq!(names(&chart.files), [".helmignore", "crds/c.yaml"]);
    assert!(chart.values.contains("a"));
    let subchart = &chart.dependencies[0].metadata;
    assert_eq!(
        (&*subchart.api_version, &*subchart.version, &*subchart.app_version),
        ("v1", "1", "1.1")
    );
}

#[test]
fn an_archive_in_a_chart_is_a_subchart() {
    let inner = archive(&[
        ("b/Chart.yaml", b"name: b\nversion: 1.0.0\n"),
        ("b/templates/t.yaml", b"x"),
    ]);
    let outer = archive(&[
        ("a/Chart.yaml", CHART.as_bytes()),
        ("a/charts/b-1.0.0.tgz", &inner),
    ]);
    let chart = from_archive(&outer).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(chart.dependencies[0].name(), "b");
    assert_eq!(names(&chart.dependencies[0].templates), ["templates/t.yaml"]);
}

#[test]
fn names_that_leave_the_chart_are_refused() {
    for (name, reason) in [
        ("a/../../x", "chart illegally references parent directory"),
        ("a//x", "chart illegally contains absolute paths"),
        ("a\\c:\\x", "chart contains illegally named files"),
        ("x", "chart illegally contains content outside the base directory"),
    ] {
        let text = failure(from_archive(&archive(&[(name, b"")])));
        assert!(text.starts_with(reason), "{name}: {text}");
    }
}

#[test]
fn large_files_and_charts_are_refused() {
    let large = vec![0; 5 << 20];
    let larger = vec![0; (5 << 20) + 1];
    let text = failure(from_archive(&archive(&[("a/x", &larger)])));
    assert_eq!(
        text,
        r#"chart file "a/x" is larger than the maximum file size 5242880"#
    );
    let many: Vec<(&str, &[u8])> = vec![("a/x", &large); 21];
    let text = failure(from_archive(&archive(&many)));
    assert_eq!(
        text,
        "decompressed chart is larger than the maximum size 104857600"
    );
}

#[test]
fn bad_charts_are_refused_with_the_reason() {
    let metadata = |text: &str| failure(loaded(&[("Chart.yaml", text)]));
    assert_eq!(
        failure(loaded(&[("values.yaml", "")])),
        "Chart.yaml file is missing"
    );
    assert_eq!(
        metadata("name: a\n"),
        "validation: chart.metadata.version is required"
    );
    assert_eq!(
        metadata("name: a/b\nversion: 1.0.0\n"),
        r#"validation: chart.metadata.name "a/b" is invalid"#
    );
    assert_eq!(
        metadata("name: a\nversion: 1.0.0\ntype: x\n"),
        "validation: chart.metadata.type must be application or library"
    );
    assert_eq!(
        failure(loaded(&[("Chart.yaml", CHART), ("charts/README.md", "")])),
        "error unpacking subchart README.md in a: Chart.yaml file is missing"
    );
    assert_eq!(
        failure(from_archive(b"no archive")),
        "failed to read chart archive: invalid gzip header"
    );
}

#[test]
fn definitions_of_subcharts_follow_those_of_the_chart() {
    let chart = loaded(&[
        ("Chart.yaml", CHART),
        ("crds/b.YAML", "b: 1\n"),
        ("crds/README.md", ""),
        ("charts/s/Chart.yaml", "name: s\nversion: 1.0.0\n"),
        ("charts/s/crds/a.json", "{}"),
    ])
    .unwrap_or_else(|error| panic!("{error}"));
    let expected = [("a/crds/b.YAML", "b: 1\n"), ("a/charts/s/crds/a.json", "{}")];
    let expected = expected.map(|(file, text)| (file.to_owned(), text.to_owned()));
    assert_eq!(chart.definitions(), expected);
}
