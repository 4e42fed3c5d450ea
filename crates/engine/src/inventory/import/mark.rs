//! How the tools mark what they apply, and whether they still do.

use manifest::Object;
use serde_json::Value;

use super::{Source, cli_utils, kapp};

/// What a live object says about the tool that recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It belongs to this inventory.
    Same,
    /// It carries no mark of this tool.
    Absent,
    /// It belongs to another inventory of this tool.
    Other(String),
}

/// Reads the mark of a tool from a live object, or from its metadata; `parent` is the inventory.
pub fn mark(tool: Source, parent: &Object, live: &Value) -> Mark {
    let metadata = |place: &str, name: &str| live.get("metadata")?.get(place)?.get(name)?.as_str();
    match tool {
        Source::Flux => flux(parent, &metadata, "kustomize.toolkit.fluxcd.io"),
        Source::FluxHelm => flux(parent, &metadata, "helm.toolkit.fluxcd.io"),
        Source::Argo => {
            let id = metadata("annotations", "argocd.argoproj.io/tracking-id");
            let application = id.and_then(|id| id.split_once(':')).map(|(name, _)| name);
            // applications outside of Argo CD's own namespace are called <namespace>_<name>
            let qualified = format!("{}_{}", parent.namespace(), parent.name());
            compare("Argo CD application", application, &[parent.name(), &qualified])
        }
        Source::CliUtils | Source::ResourceGroup => {
            let id = parent.label(cli_utils::INVENTORY_ID).unwrap_or_default();
            let owner = metadata("annotations", cli_utils::OWNING_INVENTORY);
            compare("inventory", owner, &[id])
        }
        Source::Kapp => match kapp::app(parent) {
            Ok(app) => compare("kapp application", metadata("labels", &app.label), &[&app.id]),
            Err(_) => Mark::Absent,
        },
    }
}

fn flux<'a>(parent: &Object, metadata: &impl Fn(&str, &str) -> Option<&'a str>, group: &str) -> Mark {
    let label = |name: &str| metadata("labels", &format!("{group}/{name}"));
    let found = label("name").map(|name| format!("{}/{name}", label("namespace").unwrap_or_default()));
    let own = format!("{}/{}", parent.namespace(), parent.name());
    compare(&format!("Flux {}", parent.kind()), found.as_deref(), &[&own])
}

fn compare(what: &str, found: Option<&str>, own: &[&str]) -> Mark {
    match found {
        None => Mark::Absent,
        Some(found) if own.contains(&found) => Mark::Same,
        Some(found) => Mark::Other(format!("{what} {found}")),
    }
}

/// Says so when the tool goes on applying what is being taken from it.
pub fn still_active(parent: &Object) -> Option<String> {
    let spec = parent.value().get("spec")?;
    match parent.group() {
        "kustomize.toolkit.fluxcd.io" | "helm.toolkit.fluxcd.io" => {
            let suspended = spec.get("suspend").and_then(Value::as_bool) == Some(true);
            (!suspended).then(|| format!("{} is not suspended: it goes on applying", parent.key()))
        }
        "argoproj.io" => {
            let automated = spec.get("syncPolicy")?.get("automated")?;
            let enabled = automated.is_object() && automated.get("enabled") != Some(&Value::Bool(false));
            enabled.then(|| format!("{} syncs by itself: it goes on applying", parent.key()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use manifest::Origin;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Object {
        Object::new(value, Origin::default()).unwrap()
    }

    #[test]
    fn each_tool_is_known_by_its_own_mark() {
        let kustomization = object(
            json!({"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
            "metadata": {"name": "apps", "namespace": "flux-system"}}),
        );
        let labels = |name: &str| {
            json!({"metadata": {"labels": {"kustomize.toolkit.fluxcd.io/name": name,
                "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}}})
        };
        let flux = |live| mark(Source::Flux, &kustomization, &live);
        assert_eq!(flux(labels("apps")), Mark::Same);
        assert_eq!(
            flux(labels("infra")),
            Mark::Other("Flux Kustomization flux-system/infra".into())
        );
        assert_eq!(flux(json!({"metadata": {}})), Mark::Absent);

        let application = object(
            json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
            "metadata": {"name": "web", "namespace": "team"}}),
        );
        let tracked = |id: &str| json!({"metadata": {"annotations": {"argocd.argoproj.io/tracking-id": id}}});
        let argo = |id: &str| mark(Source::Argo, &application, &tracked(id));
        assert_eq!(argo("web:apps/Deployment:shop/a"), Mark::Same);
        assert_eq!(argo("team_web:apps/Deployment:shop/a"), Mark::Same);
        assert_eq!(
            argo("api:apps/Deployment:shop/a"),
            Mark::Other("Argo CD application api".into())
        );

        let config_map = object(
            json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a",
            "labels": {cli_utils::INVENTORY_ID: "7-42"}}}),
        );
        let owned = |id: &str| json!({"metadata": {"annotations": {cli_utils::OWNING_INVENTORY: id}}});
        assert_eq!(mark(Source::CliUtils, &config_map, &owned("7-42")), Mark::Same);
        assert_eq!(
            mark(Source::CliUtils, &config_map, &owned("8")),
            Mark::Other("inventory 8".into())
        );
    }

    #[test]
    fn a_tool_that_was_not_stopped_is_named() {
        let kustomization = |spec| {
            still_active(&object(
                json!({"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization",
                "metadata": {"name": "apps"}, "spec": spec}),
            ))
        };
        assert_eq!(kustomization(json!({"suspend": true})), None);
        assert!(kustomization(json!({})).is_some());
        let application = |policy| {
            still_active(&object(
                json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
                "metadata": {"name": "web"}, "spec": {"syncPolicy": policy}}),
            ))
        };
        assert_eq!(application(json!({})), None);
        assert_eq!(application(json!({"automated": {"enabled": false}})), None);
        assert!(application(json!({"automated": {"prune": true}})).is_some());
    }
}
