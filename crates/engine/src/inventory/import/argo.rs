//! Argo CD marks each object, by an annotation or by a label, and lists them in its Application's status.

use manifest::{Object, ResourceKey};
use serde_json::Value;

use super::{Error, text};
use crate::inventory::{Inventory, ResourceRef};

const TRACKING_ID: &str = "argocd.argoproj.io/tracking-id";
const INSTANCE: &str = "app.kubernetes.io/instance";

/// How an installation marks the objects of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracking {
    /// `argocd.argoproj.io/tracking-id`, the default since 3.0.
    Annotation,
    /// `app.kubernetes.io/instance`, the default before. Helm charts set it too.
    Label,
}

/// The objects that an application tracks. One that carries the mark of another object, as a copy of it
/// does, is none of them.
pub fn tracked<'a>(
    objects: impl IntoIterator<Item = &'a Object>,
    application: &str,
    tracking: Tracking,
) -> Inventory {
    objects
        .into_iter()
        .filter(|object| match tracking {
            Tracking::Label => object.label(INSTANCE) == Some(application),
            Tracking::Annotation => {
                object
                    .annotation(TRACKING_ID)
                    .and_then(tracking_id)
                    .is_some_and(|(app, key)| {
                        let own = object.key();
                        // a copy in another namespace keeps the name, so all of the key must agree
                        app == application && key == own
                    })
            }
        })
        .collect()
}

/// Takes `<application>:<group>/<Kind>:<namespace>/<name>` apart. Names of RBAC objects may hold colons.
fn tracking_id(id: &str) -> Option<(&str, ResourceKey)> {
    let (application, rest) = id.split_once(':')?;
    let (group_kind, rest) = rest.split_once(':')?;
    let (group, kind) = group_kind.split_once('/')?;
    let (namespace, name) = rest.split_once('/')?;
    Some((application, ResourceKey::new(group, kind, namespace, name)))
}

/// The objects in the status of an Application.
pub fn status(application: &Object) -> Result<Inventory, Error> {
    let resources = application
        .value()
        .get("status")
        .and_then(|status| status.get("resources"));
    let resources = match resources {
        None | Some(Value::Null) => return Ok(Inventory::new()),
        Some(resources) => resources.as_array().ok_or_else(|| Error::Field {
            parent: application.key(),
            field: "status.resources",
        })?,
    };
    // a hook is no part of what is kept: it runs again at each sync
    let is_kept = |resource: &&Value| resource.get("hook").and_then(Value::as_bool) != Some(true);
    resources
        .iter()
        .filter(is_kept)
        .map(|resource| {
            let (kind, name) = (text(resource, "kind"), text(resource, "name"));
            if kind.is_empty() || name.is_empty() {
                return Err(Error::Entry {
                    parent: application.key(),
                    entry: resource.to_string(),
                });
            }
            let key = ResourceKey::new(text(resource, "group"), kind, text(resource, "namespace"), name);
            Ok(ResourceRef::new(key, text(resource, "version")))
        })
        .collect()
}
