use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use gotemplate::{
    ExecError, Executor, Functions, LimitError, Map, MissingKey, ParseError, TemplateSet, Value,
};

use super::failure::{execution_error, parse_error};
use super::objects::is_partial;
use crate::capabilities::Compatibility;

/// A file to render.
#[derive(Clone)]
pub struct Template {
    /// Its path from above the chart: `chart/templates/x.yaml`.
    pub name: String,
    /// Its text.
    pub text: Bytes,
    /// The objects of its chart; all files of a chart share them.
    pub data: Map,
    /// The folder of templates that it belongs to.
    pub base_path: String,
}

/// A template failed, in Helm's words, which quote values.
#[derive(thiserror::Error)]
#[error("{text}")]
pub struct Error {
    text: String,
    outline: String,
    limit: Option<LimitError>,
}

impl Error {
    fn of_parser(file: &str, error: &ParseError) -> Self {
        Self {
            text: parse_error(file, &error.to_string()),
            outline: parse_error(file, &error.outline()),
            limit: None,
        }
    }

    fn of_execution(file: &str, error: &ExecError, compatibility: Compatibility) -> Self {
        Self {
            text: execution_error(file, error, compatibility),
            outline: error.outline().to_owned(),
            limit: error.limit(),
        }
    }

    fn of_limit(text: String, limit: LimitError) -> Self {
        Self {
            outline: text.clone(),
            text,
            limit: Some(limit),
        }
    }

    /// Which template failed, where, and at what: nothing that values or constants say.
    pub fn outline(&self) -> &str {
        &self.outline
    }

    /// The limit that was reached, if that is the reason.
    pub fn limit(&self) -> Option<LimitError> {
        self.limit
    }
}

impl fmt::Debug for Error {
    /// Without values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?})", self.outline)
    }
}

/// Parses all files and executes those that are no partials: the deepest first, so that higher ones win. `output`
/// bounds what they give together.
pub fn render(
    mut files: Vec<Template>,
    functions: &Functions,
    executor: &Executor<'_>,
    mut output: usize,
    compatibility: Compatibility,
) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    files.sort_by_cached_key(|file| Reverse((file.name.matches('/').count(), file.name.clone())));
    let mut set = TemplateSet::new("gotpl").with_missing_key(MissingKey::Zero);
    for file in &files {
        executor
            .check_cancelled()
            .map_err(|limit| Error::of_limit(format!("parse error in ({}): {limit}", file.name), limit))?;
        set.parse(&file.name, &file.text, functions)
            .map_err(|error| Error::of_parser(&file.name, &error))?;
    }
    let mut rendered = BTreeMap::new();
    for file in files {
        if is_partial(&file.name) {
            continue;
        }
        let template: Map = [("Name", file.name.as_str()), ("BasePath", &file.base_path)]
            .into_iter()
            .collect();
        file.data.insert("Template", template);
        let out = executor
            .execute(&set, &file.name, &Value::Map(file.data))
            .map_err(|error| Error::of_execution(&file.name, &error, compatibility))?;
        output = output.checked_sub(out.len()).ok_or_else(|| {
            let file = &file.name;
            let text = format!("execution error in ({file}): all rendered files are larger than allowed");
            Error::of_limit(text, LimitError::Text(output))
        })?;
        rendered.insert(file.name, without_no_value(out));
    }
    Ok(rendered)
}

/// Removes what Go prints for a missing value.
pub(super) fn without_no_value(text: Vec<u8>) -> Vec<u8> {
    const NO_VALUE: &[u8] = b"<no value>";
    if !text.windows(NO_VALUE.len()).any(|window| window == NO_VALUE) {
        return text;
    }
    let mut kept = Vec::with_capacity(text.len());
    let mut rest = text.as_slice();
    while let Some((first, after)) = rest.split_first() {
        if let Some(after) = rest.strip_prefix(NO_VALUE) {
            rest = after;
        } else {
            kept.push(*first);
            rest = after;
        }
    }
    kept
}

#[cfg(test)]
mod tests;
