//! Helm's words for what goes wrong in templates.

use gotemplate::{CallError, ExecError};

use crate::capabilities::Compatibility;

const START: &str = "HELM_ERR_START";
const END: &str = "HELM_ERR_END";

/// A message of `required` or `fail`, marked so that it is found in the error around it.
pub(super) fn marked(message: &str) -> String {
    format!("{START}{message}{END}")
}

/// The text for a file that does not parse.
pub fn parse_error(file: &str, text: &str) -> String {
    let parts: Vec<&str> = text.split(": ").collect();
    match parts[..] {
        [_, place, .., message] => format!("parse error at ({place}): {message}"),
        [_, message] => format!("parse error at ({message}): {message}"),
        _ => format!("parse error in ({file}): {text}"),
    }
}

/// The text for a file that cannot be executed. Helm 3 leaves Go's text as it is.
pub fn execution_error(file: &str, error: &ExecError, compatibility: Compatibility) -> String {
    let text = error.to_string();
    let mut parts = text.splitn(3, ": ");
    let (Some(_), Some(place), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return format!("execution error in ({file}): {text}");
    };
    if let Some((_, message)) = rest.split_once(START)
        && let Some((message, _)) = message.rsplit_once(END)
    {
        return format!("execution error at ({place}): {message}");
    }
    match compatibility {
        Compatibility::Helm4 => blocks(error).unwrap_or(text),
        Compatibility::Helm3 => text,
    }
}

/// One block for each error of the chain, if all of them come from templates.
fn blocks(error: &ExecError) -> Option<String> {
    let mut blocks = vec![block(&error.to_string())?];
    let mut cause = error.cause();
    while let Some(error) = cause {
        let next = block(&error.to_string())?;
        if blocks.last() != Some(&next) {
            blocks.push(next);
        }
        cause = CallError::cause(error);
    }
    Some(blocks.concat().trim().to_owned())
}

fn block(text: &str) -> Option<String> {
    let rest = text.strip_prefix("template: ")?;
    if rest.starts_with("no template ") {
        return Some(format!("{text}\n"));
    }
    if let Some(block) = executing(rest) {
        return Some(block);
    }
    let (place, message) = rest.rsplit_once(": ")?;
    Some(format!("{place}\n  {}\n", own_part(message)))
}

fn executing(rest: &str) -> Option<String> {
    let (place, after) = rest.split_once(": executing \"")?;
    let (function, after) = after.split_once('"')?;
    let (node, message) = after.strip_prefix(" at <")?.split_once(">: ")?;
    let message = own_part(message);
    Some(format!(
        "{place}\n  executing \"{function}\" at <{node}>:\n    {message}\n"
    ))
}

/// The message without the error that is chained to it.
fn own_part(message: &str) -> &str {
    message.split(" template:").next().unwrap_or(message)
}
