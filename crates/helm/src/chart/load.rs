use std::collections::BTreeMap;

use bytes::Bytes;
use manifest::{Tree, TreePath};
use yaml::Reader;

use super::archive::unpack_within;
use super::directory::read_within;
use super::{Budget, Chart, Error, File, Metadata};
use crate::values;

/// Charts within charts; an archive may hold archives.
const MAX_DEPTH: usize = 32;

/// Loads the chart in a folder.
pub fn from_directory(tree: &Tree, root: &TreePath) -> Result<Chart, Error> {
    Loader::default().directory(tree, root)
}

/// Loads the chart in a `.tgz`.
pub fn from_archive(archive: &[u8]) -> Result<Chart, Error> {
    Loader::default().archive(archive)
}

/// Makes a chart of its files.
pub fn from_files(files: Vec<File>) -> Result<Chart, Error> {
    Loader::default().load(files, 0)
}

/// Loads charts within a budget.
#[derive(Default)]
pub struct Loader {
    budget: Budget,
}

impl Loader {
    /// A loader that has loaded nothing yet.
    pub fn new(budget: Budget) -> Self {
        Self { budget }
    }

    /// Loads the chart in a folder.
    pub fn directory(&mut self, tree: &Tree, root: &TreePath) -> Result<Chart, Error> {
        let files = read_within(tree, root, &mut self.budget)?;
        self.load(files, 0)
    }

    /// Loads the chart in a `.tgz`.
    pub fn archive(&mut self, archive: &[u8]) -> Result<Chart, Error> {
        let files = unpack_within(archive, &mut self.budget)?;
        self.load(files, 0)
    }

    fn load(&mut self, files: Vec<File>, depth: usize) -> Result<Chart, Error> {
        if depth > MAX_DEPTH {
            return Err(Error::TooDeep(MAX_DEPTH));
        }
        let mut metadata = files
            .iter()
            .find(|file| file.name == "Chart.yaml")
            .ok_or(Error::NoMetadata)
            .and_then(|file| read_metadata("Chart.yaml", &file.data))?;
        if metadata.api_version.is_empty() {
            "v1".clone_into(&mut metadata.api_version);
        }
        self.budget.charts(&metadata.name, 1)?;
        let mut parts = Parts::default();
        for file in files {
            parts.sort(file, &mut metadata)?;
        }
        metadata.validate()?;
        let mut dependencies = Vec::new();
        for (name, files) in parts.subcharts {
            let subchart = self.subchart(&name, files, depth + 1);
            dependencies.push(subchart.map_err(|source| Error::Subchart {
                name,
                parent: metadata.name.clone(),
                source: Box::new(source),
            })?);
        }
        Ok(Chart {
            metadata,
            values: parts.values,
            schema: parts.schema,
            templates: parts.templates.into(),
            files: parts.files.into(),
            dependencies,
        })
    }

    fn subchart(&mut self, name: &str, mut files: Vec<File>, depth: usize) -> Result<Chart, Error> {
        match files.first() {
            Some(archive) if has_extension(name, "tgz") && archive.name.is_empty() => {
                let files = unpack_within(&archive.data, &mut self.budget)?;
                self.load(files, depth)
            }
            _ => {
                // a file directly in charts/ has no name here and is no chart
                files.retain(|file| !file.name.is_empty());
                self.load(files, depth)
            }
        }
    }
}

/// The files of a chart by what they mean.
#[derive(Default)]
struct Parts {
    values: gotemplate::Map,
    schema: Option<Bytes>,
    templates: Vec<File>,
    files: Vec<File>,
    subcharts: BTreeMap<String, Vec<File>>,
}

impl Parts {
    fn sort(&mut self, file: File, metadata: &mut Metadata) -> Result<(), Error> {
        let is_v1 = metadata.api_version == "v1";
        match file.name.as_str() {
            "Chart.yaml" | "Chart.lock" => {}
            "values.yaml" => self.values = values::from_yaml(&file.data)?,
            "values.schema.json" => self.schema = Some(file.data),
            "requirements.yaml" => {
                let requirements = read_metadata("requirements.yaml", &file.data)?;
                metadata.dependencies = requirements.dependencies.or(metadata.dependencies.take());
                self.files.extend(is_v1.then_some(file));
            }
            "requirements.lock" => self.files.extend(is_v1.then_some(file)),
            name if name.starts_with("templates/") => self.templates.push(file),
            name => match name.strip_prefix("charts/").map(str::to_owned) {
                Some(below) if !has_extension(&below, "prov") => self.add_to_subchart(&below, file.data),
                _ => self.files.push(file),
            },
        }
        Ok(())
    }

    fn add_to_subchart(&mut self, below: &str, data: Bytes) {
        let (chart, name) = below.split_once('/').unwrap_or((below, ""));
        if chart.starts_with(['_', '.']) {
            return;
        }
        let files = self.subcharts.entry(chart.to_owned()).or_default();
        files.push(File {
            name: name.to_owned(),
            data,
        });
    }
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found == extension)
}

/// What the chart in a folder says of itself, if that can be read.
pub(crate) fn read_metadata_at(tree: &Tree, folder: &TreePath) -> Option<Metadata> {
    let text = tree
        .read_limited(&folder.child("Chart.yaml"), super::MAX_FILE_SIZE)
        .ok()?;
    read_metadata("Chart.yaml", &text).ok()
}

pub(crate) fn read_metadata(file: &'static str, text: &[u8]) -> Result<Metadata, Error> {
    let document = yaml::from_slice(text, Reader::V2).map_err(|problem| Error::Yaml { file, problem })?;
    Metadata::from_json(document).map_err(|source| Error::Field { file, source })
}

#[cfg(test)]
mod tests;
