//! Charts: what their files say, from a folder of a tree or from an archive, and which subcharts take part.

mod archive;
mod budget;
mod dependencies;
mod directory;
mod ignore;
mod load;
mod metadata;

use std::rc::Rc;

use bytes::Bytes;
use gotemplate::Map;

pub use archive::unpack;
pub use budget::{Budget, Limits};
pub use dependencies::process_dependencies;
pub use directory::read_directory;
pub use load::{Loader, from_archive, from_directory, from_files};
pub(crate) use load::{read_metadata, read_metadata_at};
pub use metadata::{Dependency, InvalidMetadata, Maintainer, Metadata};

/// The largest file that a chart may hold.
pub const MAX_FILE_SIZE: u64 = 5 << 20;
/// The most bytes that all files of a chart may have.
pub const MAX_CHART_SIZE: u64 = 100 << 20;

/// A file of a chart.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// Path from the folder of the chart.
    pub name: String,
    /// Its content, without a byte order mark.
    pub data: Bytes,
}

/// A chart with its subcharts. A clone shares the values.
#[derive(Clone)]
pub struct Chart {
    /// What `Chart.yaml` says.
    pub metadata: Metadata,
    /// The defaults of `values.yaml`.
    pub values: Map,
    /// `values.schema.json`
    pub schema: Option<Bytes>,
    /// The files below `templates/`.
    pub templates: Rc<[File]>,
    /// All that has no other meaning, `crds/` included.
    pub files: Rc<[File]>,
    /// The subcharts.
    pub dependencies: Vec<Self>,
}

impl Chart {
    /// Its name, or the alias that it goes by.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// Whether it only defines templates for others.
    pub fn is_library(&self) -> bool {
        self.metadata.kind == "library"
    }

    /// Whether a subchart of that name is there.
    pub fn has_dependency(&self, name: &[u8]) -> bool {
        self.dependencies
            .iter()
            .any(|subchart| subchart.name().as_bytes() == name)
    }

    /// The definitions in `crds/`, its own before those of its subcharts: their paths from above the chart, and
    /// their texts.
    pub fn definitions(&self) -> Vec<(String, String)> {
        let mut definitions = Vec::new();
        self.collect_definitions(self.name(), &mut definitions);
        definitions
    }

    fn collect_definitions(&self, path: &str, definitions: &mut Vec<(String, String)>) {
        for file in self.files.iter().filter(|file| is_definition(&file.name)) {
            let text = String::from_utf8_lossy(&file.data).into_owned();
            definitions.push((format!("{path}/{}", file.name), text));
        }
        for subchart in &self.dependencies {
            let path = format!("{path}/charts/{}", subchart.name());
            subchart.collect_definitions(&path, definitions);
        }
    }
}

fn is_definition(name: &str) -> bool {
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase());
    name.starts_with("crds/") && matches!(extension.as_deref(), Some("yaml" | "yml" | "json"))
}

/// Why a chart cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("failed to read chart")]
    Tree(#[from] manifest::tree::Error),
    /// Folders nest too deep, as they do when a link leads to a folder above it.
    #[error("folders nest deeper than {0} levels")]
    TooDeep(usize),
    /// An ignore rule is not understood.
    #[error("{file}: {reason}")]
    Ignore {
        /// The file with the rule.
        file: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file is too large.
    #[error("chart file {name:?} is larger than the maximum file size {MAX_FILE_SIZE}")]
    FileTooLarge {
        /// The file.
        name: String,
    },
    /// All files together are too large.
    #[error("decompressed chart is larger than the maximum size {MAX_CHART_SIZE}")]
    TooLarge,
    /// All charts together have too many files.
    #[error("charts have more than {0} files")]
    TooManyFiles(usize),
    /// All charts together are too large.
    #[error("charts have more than {0} bytes")]
    TooManyBytes(u64),
    /// There are too many charts, aliases included.
    #[error("chart has more than {0} subcharts")]
    TooManyCharts(usize),
    /// The caller cancelled.
    #[error("loading was cancelled at {name}")]
    Cancelled {
        /// The file or the chart.
        name: String,
    },
    /// Values of a subchart are no table, found when subcharts are chosen.
    #[error("chart dependencies processing failed")]
    Dependencies(#[source] crate::values::TypeMismatch),
    /// The place that values are imported to is too deep.
    #[error("import-values of {chart}: the path has more than {max} parts")]
    ImportTooDeep {
        /// The subchart.
        chart: String,
        /// How many parts there may be.
        max: usize,
    },
    /// The archive is broken.
    #[error("failed to read chart archive")]
    Archive(#[source] std::io::Error),
    /// A name in the archive is not allowed.
    #[error("{reason}: {name:?}")]
    IllegalName {
        /// What is wrong with it.
        reason: &'static str,
        /// The name.
        name: String,
    },
    /// The archive is empty.
    #[error("no files in chart archive")]
    Empty,
    /// There is no `Chart.yaml`.
    #[error("Chart.yaml file is missing")]
    NoMetadata,
    /// A file of the chart's own is no YAML.
    #[error("cannot load {file}: error converting YAML to JSON: {}", .problem.go_text())]
    Yaml {
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        problem: yaml::Error,
    },
    /// A field of a file has the wrong type.
    #[error("cannot load {file}")]
    Field {
        /// The file.
        file: &'static str,
        /// Which field.
        source: serde_json::Error,
    },
    /// The values are no table.
    #[error("cannot load values.yaml")]
    Values(#[from] crate::values::Error),
    /// `Chart.yaml` says what it must not.
    #[error("validation")]
    Invalid(#[from] InvalidMetadata),
    /// A subchart cannot be loaded.
    #[error("error unpacking subchart {name} in {parent}")]
    Subchart {
        /// Its folder or archive below `charts/`.
        name: String,
        /// The chart that holds it.
        parent: String,
        /// What is wrong with it.
        source: Box<Self>,
    },
}

impl Error {
    /// What is wrong without what files hold, which may be secret; names and paths stay.
    pub fn outline(&self) -> String {
        match self {
            Self::Yaml { file, problem } => format!("cannot load {file}: {problem}"),
            // the cause quotes the value
            Self::Field { .. } => format!("{self}: a field has a type that it must not have"),
            Self::Values(source) => format!("{self}: {}", source.outline()),
            Self::Subchart { source, .. } => format!("{self}: {}", source.outline()),
            _ => chain(self),
        }
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
