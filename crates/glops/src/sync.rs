//! Flags that commands which change a cluster share.

use std::{str::FromStr, time::Duration};

use clap::ValueEnum;
use engine::{Application, Belonging, Cluster, ConflictPolicy, Desired, InventoryId, InventoryPolicy};

use crate::{cluster, error::Result, ui::Ui};

/// Which inventory a command works with; its namespace is `-n`, or that of the context.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct InventoryArgs {
    /// Name of the inventory that records what was applied.
    #[arg(long, env = "GLOPS_INVENTORY", value_name = "NAME")]
    inventory: String,
}

impl InventoryArgs {
    pub(crate) fn name(&self) -> &str {
        &self.inventory
    }
}

/// What may be taken from others.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct OwnershipArgs {
    /// Which existing objects may be taken over.
    #[arg(long, env = "GLOPS_INVENTORY_POLICY", value_enum, default_value_t = Policy::MustMatch)]
    inventory_policy: Policy,
    /// Take fields that other managers own, instead of reporting and leaving them.
    #[arg(long, env = "GLOPS_FORCE_CONFLICTS")]
    force_conflicts: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Policy {
    /// Those that belong to this inventory.
    MustMatch,
    /// Also those that belong to none.
    AdoptIfNoInventory,
    /// All.
    AdoptAll,
}

impl OwnershipArgs {
    pub(crate) fn policy(&self) -> InventoryPolicy {
        match self.inventory_policy {
            Policy::MustMatch => InventoryPolicy::MustMatch,
            Policy::AdoptIfNoInventory => InventoryPolicy::AdoptIfNoInventory,
            Policy::AdoptAll => InventoryPolicy::AdoptAll,
        }
    }

    pub(crate) fn conflicts(&self) -> ConflictPolicy {
        if self.force_conflicts {
            ConflictPolicy::Force
        } else {
            ConflictPolicy::Report
        }
    }
}

/// The application that a look is about, and whether its inventory was named rather than found.
pub(crate) struct LookedAt {
    pub(crate) application: Application,
    pub(crate) is_named: bool,
    /// Whether an inventory is known at all, so that deletions can be told.
    pub(crate) is_known: bool,
}

/// The application with the inventory that was named; without a name, the one to which the live objects say that
/// they belong.
pub(crate) async fn looked_at(
    ui: &Ui,
    cluster: &Cluster,
    namespace: &str,
    name: Option<&str>,
    states: &[&Desired],
) -> Result<LookedAt> {
    let named = |name: &str| Application::new(InventoryId::new(namespace, name));
    if let Some(name) = name {
        return Ok(LookedAt {
            application: named(name),
            is_named: true,
            is_known: true,
        });
    }
    let found = engine::belonging(cluster, states, namespace).await?;
    match &found {
        Belonging::Application(application) => {
            ui.status(&format!(
                "inventory {}, by the marks of the objects",
                application.inventory
            ));
        }
        Belonging::Hidden(id) => ui.warning(&format!(
            "the objects belong to inventory {id}, which cannot be found here; --inventory and -n name it"
        )),
        Belonging::Several(ids) => ui.warning(&format!(
            "the objects belong to {} inventories ({}); --inventory and -n name the one that counts",
            ids.len(),
            ids.join(", ")
        )),
        Belonging::Nobody => {}
    }
    Ok(match found {
        Belonging::Application(application) => LookedAt {
            application,
            is_named: false,
            is_known: true,
        },
        _ => LookedAt {
            application: named("glops"),
            is_named: false,
            is_known: false,
        },
    })
}

/// How long a command waits: `30s`, `5m`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience(Duration);

impl Patience {
    pub(crate) fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Patience {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match cluster::duration(text) {
            Ok(duration) => Ok(Self(duration.unwrap_or(Duration::MAX))),
            Err(error) => Err([error.lines().concat(), error.hints.join("; ")].join("; ")),
        }
    }
}
