//! Flags that commands which change a cluster share.

use std::{str::FromStr, time::Duration};

use clap::ValueEnum;
use engine::{ConflictPolicy, InventoryPolicy};

use crate::cluster;

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

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match cluster::duration(text) {
            Ok(duration) => Ok(Self(duration.unwrap_or(Duration::MAX))),
            Err(error) => Err([error.lines().concat(), error.hints.join("; ")].join("; ")),
        }
    }
}
