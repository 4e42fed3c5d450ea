use std::fmt;

use manifest::ResourceKey;

use crate::inventory::apply_set;

/// The longest field manager that the API server takes.
const MAX_FIELD_MANAGER: usize = 128;

/// Where the inventory of an application is stored, and so what names the application in its cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InventoryId {
    /// The namespace that holds the inventory.
    pub namespace: String,
    /// The name of the inventory.
    pub name: String,
}

impl InventoryId {
    /// An inventory by namespace and name.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The ApplySet id of the inventory: the value of `applyset.kubernetes.io/part-of` on each of its objects.
    pub fn apply_set(&self) -> String {
        apply_set::id(&self.parent())
    }

    /// The key of the Secret that is the parent of the set.
    pub(crate) fn parent(&self) -> ResourceKey {
        ResourceKey::new("", "Secret", &*self.namespace, &*self.name)
    }
}

impl fmt::Display for InventoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// The name under which the API server records who set a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldManager(String);

/// A text that cannot be a field manager.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a field manager has 1 to {MAX_FIELD_MANAGER} printable characters, found {0:?}")]
pub struct InvalidFieldManager(String);

impl FieldManager {
    /// Takes a name as the API server would.
    pub fn new(name: impl Into<String>) -> Result<Self, InvalidFieldManager> {
        let name = name.into();
        let printable = name.chars().all(|c| !c.is_control());
        if name.is_empty() || name.len() > MAX_FIELD_MANAGER || !printable {
            return Err(InvalidFieldManager(name));
        }
        Ok(Self(name))
    }

    /// The manager of one application: `glops/<namespace>/<name>`, or a digest of these when they are too long.
    pub fn of(inventory: &InventoryId) -> Self {
        let plain = format!("glops/{inventory}");
        if plain.len() <= MAX_FIELD_MANAGER {
            Self(plain)
        } else {
            Self(format!("glops/{}", inventory.apply_set()))
        }
    }

    /// As the API server records it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who applies: the inventory its objects are recorded in, and the manager its fields are recorded under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Application {
    /// Where the inventory is.
    pub inventory: InventoryId,
    /// Who owns the fields.
    pub field_manager: FieldManager,
}

impl Application {
    /// An application with a field manager of its own.
    pub fn new(inventory: InventoryId) -> Self {
        let field_manager = FieldManager::of(&inventory);
        Self {
            inventory,
            field_manager,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_application_has_a_manager_that_the_server_takes() {
        let short = Application::new(InventoryId::new("shop", "web"));
        assert_eq!(short.field_manager.as_str(), "glops/shop/web");
        let long = Application::new(InventoryId::new("n".repeat(63), "m".repeat(253)));
        assert!(long.field_manager.as_str().len() <= MAX_FIELD_MANAGER);
        assert!(FieldManager::new("").is_err());
        assert!(FieldManager::new("a\nb").is_err());
    }

    #[test]
    fn the_apply_set_id_fits_a_label() {
        let id = InventoryId::new("shop", "web").apply_set();
        assert!(id.starts_with("applyset-") && id.ends_with("-v1") && id.len() <= 63);
    }
}
