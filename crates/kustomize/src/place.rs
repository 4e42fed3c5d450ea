use std::{fmt, rc::Rc};

use yaml::{Found, Path, Reader, Step};

use crate::{context::Cx, error::Error, loader::Loader};

/// Lists of a kustomization that have an older name, whose items come after those of the newer one.
const OLDER_LISTS: [(&str, &str); 3] = [
    ("resources", "bases"),
    ("images", "imageTags"),
    ("helmCharts", "helmChartInflationGenerator"),
];

/// Where a build found what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("found in {file}{}{}", part("line", .line.as_ref()), part("field", .field.as_ref()))]
pub struct Place {
    /// The file, as messages show it.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// The field of the file, as in `patches[1].path`, where it is known.
    pub field: Option<String>,
}

fn part(name: &str, value: Option<&impl fmt::Display>) -> String {
    value.map_or_else(String::new, |value| format!(", {name} {value}"))
}

/// The file of a kustomization.
#[derive(Clone)]
pub(crate) struct SourceFile {
    loader: Rc<Loader>,
    name: &'static str,
}

impl SourceFile {
    pub(crate) fn new(loader: &Rc<Loader>, name: &'static str) -> Self {
        Self {
            loader: Rc::clone(loader),
            name,
        }
    }

    /// Its name in its directory.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The same failure with its place in this file, unless it is known to be of another.
    pub(crate) fn locate(&self, error: Error, cx: &Cx<'_>) -> Error {
        let shown = || self.loader.shown(self.name);
        match self.loader.load(self.name, cx) {
            Ok(text) => error.in_text(&text, shown),
            Err(_) => error.in_file(shown),
        }
    }
}

/// The field that a way leads to, with its line: that of what holds it, if it is not written there itself.
pub(crate) fn of(text: &[u8], way: &[Step]) -> Place {
    let way = as_written(text, way);
    let found = (1..=way.len())
        .rev()
        .find_map(|length| Some((find(text, &way[..length])?, length)));
    let (line, field) = match found {
        Some((found, length)) => {
            let field = [&found.path, &way[length..]].concat();
            (Some(found.line), field)
        }
        None => (None, way),
    };
    Place {
        file: String::new(),
        line,
        field: (!field.is_empty()).then(|| Path(&field).to_string()),
    }
}

/// The way by the older names of fields, where the file has those.
fn as_written(text: &[u8], way: &[Step]) -> Vec<Step> {
    let mut written = way.to_vec();
    if let [Step::Field(list), Step::Index(index), ..] = way
        && let Some((_, older)) = OLDER_LISTS.iter().find(|(newer, _)| newer == list)
        && let Some(index) = index.checked_sub(length_of(text, list))
        && find(text, &[Step::from(*older), Step::Index(index)]).is_some()
    {
        written[0] = Step::from(*older);
        written[1] = Step::Index(index);
    }
    if let [rest @ .., Step::Field(field), Step::Index(_)] = &written[..]
        && field == "envs"
        && find(text, &written).is_none()
    {
        let older = [rest, &[Step::from("env")]].concat();
        if find(text, &older).is_some() {
            return older;
        }
    }
    written
}

/// How many items a list at the top of a file has.
fn length_of(text: &[u8], list: &str) -> usize {
    let mut length = 0;
    yaml::find(text, Reader::V2, |way, _| {
        if let [field, Step::Index(_)] = way {
            length += usize::from(is_same(field, &Step::from(list)));
        }
        false
    });
    length
}

fn find(text: &[u8], wanted: &[Step]) -> Option<Found> {
    yaml::find(text, Reader::V2, |way, _| {
        way.len() == wanted.len() && way.iter().zip(wanted).all(|(step, wanted)| is_same(step, wanted))
    })
}

/// Fields have their names in any case.
fn is_same(step: &Step, wanted: &Step) -> bool {
    match (step, wanted) {
        (Step::Field(name), Step::Field(wanted)) => name.eq_ignore_ascii_case(wanted),
        _ => step == wanted,
    }
}
