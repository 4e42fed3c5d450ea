use serde_json::Value;
use yaml::Reader;

use super::{GeneratorArgs, HelmChart, HelmGlobals, Kustomization};
use crate::{
    decode::{Strictness, decode},
    error::{Error, Result, fail},
};

/// What a kustomization file may be called.
pub(crate) const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
/// The kind of a component.
pub(crate) const COMPONENT: &str = "Component";

const KUSTOMIZATION: &str = "Kustomization";
const KUSTOMIZATION_VERSION: &str = "kustomize.config.k8s.io/v1beta1";
const COMPONENT_VERSION: &str = "kustomize.config.k8s.io/v1alpha1";
const EDIT_FIX: &str = "Run 'kustomize edit fix' to update your Kustomization automatically.";

/// What is old, what took its place, and a note.
const DEPRECATED: [(&str, &str, &str); 6] = [
    ("bases", "resources", ""),
    ("commonLabels", "labels", ""),
    ("imageTags", "images", ""),
    ("patchesJson6902", "patches", ""),
    ("patchesStrategicMerge", "patches", ""),
    ("vars", "replacements", "[EXPERIMENTAL] "),
];

/// Reads a kustomization file; `root` is its directory, for messages. Gives the warnings about old spellings too.
pub(crate) fn parse(text: &[u8], root: &str) -> Result<(Kustomization, Vec<String>)> {
    let invalid = |error: Error| error.within("invalid Kustomization");
    let value = yaml::from_slice(text, Reader::V2)
        .map_err(|error| invalid(Error::of_yaml(&error).on_line(error.line)))?;
    let mut kustomization: Kustomization = decode(&value, Strictness::NoUnknownFields).map_err(invalid)?;
    let warnings = deprecations(&value);
    modernize(&mut kustomization);
    if is_empty(&value) {
        fail!("kustomization.yaml is empty");
    }
    check_type(&kustomization, root)?;
    Ok((kustomization, warnings))
}

fn deprecations(file: &Value) -> Vec<String> {
    DEPRECATED
        .iter()
        .filter(|(old, ..)| file.get(old).is_some_and(|value| !value.is_null()))
        .map(|(old, new, note)| {
            format!("# Warning: '{old}' is deprecated. Please use '{new}' instead. {note}{EDIT_FIX}")
        })
        .collect()
}

/// Moves older spellings to where they belong now.
fn modernize(kustomization: &mut Kustomization) {
    if kustomization.kind.is_empty() {
        KUSTOMIZATION.clone_into(&mut kustomization.kind);
    }
    if kustomization.api_version.is_empty() {
        required_version(&kustomization.kind).clone_into(&mut kustomization.api_version);
    }
    kustomization.resources.append(&mut kustomization.bases);
    kustomization.images.append(&mut kustomization.image_tags);
    for args in &mut kustomization.config_map_generator {
        let GeneratorArgs { envs, env, .. } = args;
        move_env(envs, env);
    }
    for args in &mut kustomization.secret_generator {
        move_env(&mut args.envs, &mut args.env);
    }
    modernize_helm(kustomization);
}

fn move_env(envs: &mut Vec<String>, env: &mut String) {
    if !env.is_empty() {
        envs.push(std::mem::take(env));
    }
}

fn modernize_helm(kustomization: &mut Kustomization) {
    let mut globals = HelmGlobals::default();
    for old in std::mem::take(&mut kustomization.helm_chart_inflation_generator) {
        if !old.helm_home.is_empty() {
            globals.config_home.clone_from(&old.helm_home);
        }
        if !old.chart_home.is_empty() {
            globals.chart_home.clone_from(&old.chart_home);
        }
        kustomization.helm_charts.push(HelmChart::from(old));
    }
    if kustomization.helm_globals.is_none() && globals != HelmGlobals::default() {
        kustomization.helm_globals = Some(globals);
    }
}

/// Whether a file says nothing but its type; an empty list is something, but not of what is moved elsewhere.
fn is_empty(file: &Value) -> bool {
    let moved = ["bases", "imageTags", "helmChartInflationGenerator"];
    file.as_object().is_none_or(|fields| {
        fields.iter().all(|(name, value)| match value {
            _ if name == "kind" || name == "apiVersion" => true,
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty() && moved.contains(&name.as_str()),
            _ => false,
        })
    })
}

fn required_version(kind: &str) -> &'static str {
    if kind == COMPONENT {
        COMPONENT_VERSION
    } else {
        KUSTOMIZATION_VERSION
    }
}

/// Fails unless kind and version fit each other.
fn check_type(kustomization: &Kustomization, root: &str) -> Result<()> {
    let Kustomization {
        kind, api_version, ..
    } = kustomization;
    let mut problems = Vec::new();
    if kind != KUSTOMIZATION && kind != COMPONENT {
        problems.push(("kind", format!("kind should be {KUSTOMIZATION} or {COMPONENT}")));
    }
    let required = required_version(kind);
    if api_version != required {
        problems.push((
            "apiVersion",
            format!("apiVersion for {kind} should be {required}"),
        ));
    }
    let Some((field, _)) = problems.first() else {
        return Ok(());
    };
    let words: Vec<_> = problems.iter().map(|(_, words)| words.as_str()).collect();
    let message = format!(
        "Failed to read kustomization file under {root}:\n{}",
        words.join("\n")
    );
    Err(Error::new(message).under(*field))
}
