use serde_json::Value;

pub use crate::inventory::apply_set::PART_OF;

/// To whom a live object belongs, by its marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// To the application that looks.
    Ours,
    /// To nobody: it carries no mark that we know.
    Nobody,
    /// To another application of this kind, by its ApplySet id.
    ApplySet(String),
    /// To another tool; what it calls the owner.
    Other(String),
}

/// Marks of other tools: where they are, what they name, and the words for it.
const MARKS: &[(&str, &str, &str)] = &[
    ("annotations", "config.k8s.io/owning-inventory", "inventory"),
    ("labels", "kustomize.toolkit.fluxcd.io/name", "Flux Kustomization"),
    ("labels", "helm.toolkit.fluxcd.io/name", "Flux HelmRelease"),
    (
        "annotations",
        "argocd.argoproj.io/tracking-id",
        "Argo CD application",
    ),
    ("labels", "kapp.k14s.io/app", "kapp application"),
    ("annotations", "meta.helm.sh/release-name", "Helm release"),
];

/// Reads the marks of an object, or of its metadata.
pub fn owner(live: &Value, apply_set: &str) -> Owner {
    let Some(metadata) = live.get("metadata") else {
        return Owner::Nobody;
    };
    let text = |place: &str, name: &str| metadata.get(place)?.get(name)?.as_str();
    if let Some(mark) = text("labels", PART_OF) {
        return if mark == apply_set {
            Owner::Ours
        } else {
            Owner::ApplySet(mark.to_owned())
        };
    }
    let other = MARKS
        .iter()
        .find_map(|(place, name, what)| Some(format!("{what} {}", text(place, name)?)));
    other.map_or(Owner::Nobody, Owner::Other)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn our_label_decides_before_the_marks_of_others() {
        let live = json!({"metadata": {"labels": {PART_OF: "us"},
            "annotations": {"meta.helm.sh/release-name": "web"}}});
        assert_eq!(owner(&live, "us"), Owner::Ours);
        assert_eq!(owner(&live, "them"), Owner::ApplySet("us".into()));
        let live = json!({"metadata": {"annotations": {"meta.helm.sh/release-name": "web"}}});
        assert_eq!(owner(&live, "us"), Owner::Other("Helm release web".into()));
        assert_eq!(owner(&json!({"metadata": {}}), "us"), Owner::Nobody);
    }
}
