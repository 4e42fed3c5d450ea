use std::sync::Arc;
use std::time::SystemTime;

use gotemplate::{Cancellation, Map, Seeded, Value};

use crate::capabilities::{Compatibility, KubeVersion};
use crate::chart::{self, Budget};
use crate::engine::{Lookup, Release};
use crate::values::{self, Sources};

/// Reads a file that `--set-file` names.
pub type ReadFile = dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync;

/// What `helm template` is told besides the chart.
#[derive(Clone, Default)]
pub struct Options {
    /// What `.Release` says.
    pub release: Release,
    /// Values files and the five forms of `--set`.
    pub values: Sources,
    /// Reads files for `--set-file`; without it there are none.
    pub read_file: Option<Arc<ReadFile>>,
    /// Version of the cluster, if not the one that Helm takes for granted.
    pub kube_version: Option<KubeVersion>,
    /// What a cluster serves, `group/version` and `group/version/Kind`: in the place of what Helm takes for granted.
    pub served: Option<Vec<String>>,
    /// Interfaces besides those.
    pub api_versions: Vec<String>,
    /// Whether the definitions in `crds/` are printed.
    pub include_crds: bool,
    /// Which hooks are printed.
    pub hooks: Hooks,
    /// Patterns of templates: only these are printed, if there are any.
    pub show_only: Vec<String>,
    /// Whether values are not held against `values.schema.json`.
    pub skip_schema_validation: bool,
    /// Which Helm is followed where versions differ.
    pub compatibility: Compatibility,
    /// What `lookup` finds; without it nothing.
    pub lookup: Option<Arc<Lookup>>,
    /// Where random numbers and the time come from.
    pub randomness: Randomness,
    /// Whether the fields that would differ in the next render are looked for. That costs a second render of charts
    /// that ask for random numbers or the time.
    pub find_generated: bool,
    /// What a render may cost.
    pub limits: Limits,
    /// Stops the render from another thread, for instance when it takes too long.
    pub cancellation: Cancellation,
}

/// Which hooks are printed.
pub use crate::output::Printed as Hooks;

/// Where random numbers and the time come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Randomness {
    /// From the machine.
    #[default]
    System,
    /// The same at each render.
    Seeded {
        /// Where the numbers start.
        seed: u64,
        /// The time at which the render seems to happen.
        clock: SystemTime,
    },
}

impl Randomness {
    pub(super) fn environment(self) -> Seeded {
        match self {
            Self::System => Seeded::from_system(),
            Self::Seeded { seed, clock } => Seeded::fixed(seed, clock),
        }
    }
}

/// What a render may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Steps, depth, texts and regular expressions of templates.
    pub templates: gotemplate::Limits,
    /// Bytes of all rendered files together.
    pub output: usize,
    /// Templates of the chart and its subcharts.
    pub files: usize,
    /// Bytes, files and number of charts.
    pub charts: chart::Limits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            templates: gotemplate::Limits::default(),
            output: 256 << 20,
            files: 50_000,
            charts: chart::Limits::default(),
        }
    }
}

impl Options {
    pub(super) fn budget(&self) -> Budget {
        Budget::new(self.limits.charts, self.cancellation.clone())
    }

    pub(super) fn check_cancelled(&self) -> Result<(), super::Error> {
        if self.cancellation.is_cancelled() {
            Err(super::Error::Cancelled)
        } else {
            Ok(())
        }
    }

    pub(super) fn user_values(&self) -> Result<Map, values::Error> {
        self.values.values(&|name| match &self.read_file {
            Some(read) => Ok(Value::Str(read(name)?.into())),
            None => Err(format!("open {name}: no such file or directory")),
        })
    }
}
