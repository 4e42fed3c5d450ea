use manifest::ResourceKey;

use crate::{Claims, InventoryPolicy, ownership::Owner};

/// Whether an existing object may be applied, and if not, whose it is; an empty text when it is nobody's.
pub(super) fn may_apply(
    policy: InventoryPolicy,
    owner: &Owner,
    key: &ResourceKey,
    claims: &Claims,
) -> Result<(), String> {
    match (policy, owner) {
        (_, Owner::Ours)
        | (InventoryPolicy::AdoptAll, _)
        | (InventoryPolicy::AdoptIfNoInventory, Owner::Nobody) => Ok(()),
        // another application of this process that no longer wants it has let go of it
        (_, Owner::ApplySet(id)) if claims.released_by(key, id).is_some() => Ok(()),
        (_, Owner::ApplySet(id)) => Err(format!("another inventory ({id})")),
        (_, Owner::Other(name)) => Err(name.clone()),
        (InventoryPolicy::MustMatch, Owner::Nobody) => Err(String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Application, InventoryId};

    #[test]
    fn each_policy_allows_what_it_says() {
        let key = ResourceKey::new("", "ConfigMap", "shop", "a");
        let may = |policy, owner| may_apply(policy, owner, &key, &Claims::default()).is_ok();
        let other = Owner::Other("Helm release web".into());
        let another = Owner::ApplySet("applyset-x-v1".into());
        for (policy, nobody, others) in [
            (InventoryPolicy::MustMatch, false, false),
            (InventoryPolicy::AdoptIfNoInventory, true, false),
            (InventoryPolicy::AdoptAll, true, true),
        ] {
            assert!(may(policy, &Owner::Ours));
            assert_eq!(may(policy, &Owner::Nobody), nobody, "{policy:?}");
            assert_eq!(may(policy, &other), others, "{policy:?}");
            assert_eq!(may(policy, &another), others, "{policy:?}");
        }
    }

    #[test]
    fn what_another_application_has_let_go_of_is_free() {
        let key = ResourceKey::new("", "ConfigMap", "shop", "a");
        let first = Application::new(InventoryId::new("a", "first"));
        let owner = Owner::ApplySet(first.inventory.apply_set());
        let claims = Claims::default();
        claims.declare(&first, [key.clone()]);
        assert!(may_apply(InventoryPolicy::MustMatch, &owner, &key, &claims).is_err());
        claims.declare(&first, []);
        assert!(may_apply(InventoryPolicy::MustMatch, &owner, &key, &claims).is_ok());
    }
}
