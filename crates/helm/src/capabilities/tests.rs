use super::*;

#[test]
fn versions_are_read_as_kubernetes_reads_them() {
    let shown = |text| {
        KubeVersion::parse(text)
            .map(|version| {
                format!(
                    "{} {} {} {}",
                    version.version, version.normalized, version.major, version.minor
                )
            })
            .map_err(|error| error.reason)
    };
    for (text, expected) in [
        ("1.35", "v1.35 v1.35 1 35"),
        ("v1.33.4-gke.1245000", "v1.33.4-gke.1245000 v1.33.4 1 33"),
        ("1.30.0.7+x", "v1.30.0.7+x v1.30.0.7 1 30"),
        ("1.29..1", "v1.29..1 v1.29 1 29"),
    ] {
        assert_eq!(shown(text), Ok(expected.to_owned()));
    }
    for (text, expected) in [
        ("x", r#"could not parse "x" as version"#),
        ("1", r#"illegal version string "1""#),
        (
            "01.2",
            r#"illegal zero-prefixed version component "01" in "01.2""#,
        ),
    ] {
        assert_eq!(shown(text), Err(expected.to_owned()));
    }
}

#[test]
fn older_helm_knows_other_interfaces() {
    assert_eq!(Compatibility::Helm4.known_api_versions().count(), 55);
    let old: Vec<_> = Compatibility::Helm3.known_api_versions().collect();
    assert_eq!(old.len(), 57);
    assert!(old.contains(&"autoscaling/v2beta1") && !old.contains(&"scheduling.k8s.io/v1alpha2"));
}
