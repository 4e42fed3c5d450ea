use engine::Action;
use suite_engine::Bench;

fn config_maps(names: &[&str]) -> String {
    let map =
        |name| format!("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: NS}}\n");
    names.iter().map(map).collect()
}

#[tokio::test]
async fn deletes_what_is_no_longer_desired() {
    let bench = Bench::new("prune").await;
    bench.sync(&config_maps(&["a", "b", "c"])).await;
    let change_set = bench.sync(&config_maps(&["a", "b"])).await;
    assert_eq!(
        change_set.entry(&bench.config_map("c")).unwrap().action,
        Action::Deleted,
        "{change_set:#?}"
    );
    assert!(bench.live("v1", "ConfigMap", "c").await.is_none());
    let again = bench.sync(&config_maps(&["a", "b"])).await;
    assert_eq!(again.entries.len(), 2, "{again:#?}");
}
