use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
};

use manifest::ResourceKey;

use crate::application::{Application, InventoryId};

/// What the applications of one process want, shared by their syncs.
///
/// It lets an object move: the application that no longer wants it hands it to the one that does, instead of
/// deleting it. An application that is not declared here is treated as before: its mark on an object counts.
#[derive(Clone, Debug, Default)]
pub struct Claims(Arc<RwLock<HashMap<InventoryId, Claim>>>);

#[derive(Debug)]
struct Claim {
    application: Application,
    keys: HashSet<ResourceKey>,
}

impl Claims {
    /// Says what an application wants from now on.
    pub fn declare(&self, application: &Application, keys: impl IntoIterator<Item = ResourceKey>) {
        let claim = Claim {
            application: application.clone(),
            keys: keys.into_iter().collect(),
        };
        let mut claims = self.0.write().unwrap_or_else(PoisonError::into_inner);
        claims.insert(application.inventory.clone(), claim);
    }

    /// Forgets an application.
    pub fn withdraw(&self, inventory: &InventoryId) {
        let mut claims = self.0.write().unwrap_or_else(PoisonError::into_inner);
        claims.remove(inventory);
    }

    /// Another application that wants this object; the first by inventory when there are several.
    pub fn wanted_elsewhere(&self, key: &ResourceKey, by_other_than: &InventoryId) -> Option<Application> {
        let claims = self.0.read().unwrap_or_else(PoisonError::into_inner);
        claims
            .iter()
            .filter(|(inventory, claim)| *inventory != by_other_than && claim.keys.contains(key))
            .map(|(_, claim)| &claim.application)
            .min_by(|a, b| a.inventory.cmp(&b.inventory))
            .cloned()
    }

    /// The declared application with this ApplySet id, when it does not want the object any more.
    pub fn released_by(&self, key: &ResourceKey, apply_set: &str) -> Option<Application> {
        let claims = self.0.read().unwrap_or_else(PoisonError::into_inner);
        claims
            .values()
            .find(|claim| claim.application.inventory.apply_set() == apply_set)
            .filter(|claim| !claim.keys.contains(key))
            .map(|claim| claim.application.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_released_by_one_and_wanted_by_the_other() {
        let claims = Claims::default();
        let first = Application::new(InventoryId::new("a", "first"));
        let second = Application::new(InventoryId::new("a", "second"));
        let key = ResourceKey::new("", "ConfigMap", "shop", "settings");
        claims.declare(&first, [key.clone()]);
        claims.declare(&second, []);
        assert_eq!(claims.wanted_elsewhere(&key, &first.inventory), None);
        assert_eq!(
            claims.wanted_elsewhere(&key, &second.inventory),
            Some(first.clone())
        );
        assert_eq!(claims.released_by(&key, &first.inventory.apply_set()), None);
        claims.declare(&first, []);
        claims.declare(&second, [key.clone()]);
        assert_eq!(
            claims.released_by(&key, &first.inventory.apply_set()),
            Some(first)
        );
    }
}
