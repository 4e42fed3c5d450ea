//! A preview as a merge request shows it: never cut inside an object, never over the budget, nothing that mentions
//! people or runs commands of the forge.

use engine::{
    diff::Label as Whose,
    preview::{ObjectPreview, Preview},
};

use super::{
    preview::{Headline, drifted, drifted_fields, remark, remarkable, requested, rerun, shown, sign},
    unified,
};
use crate::ui::Style;

/// People do not read more than this; forges take more.
const BUDGET: usize = 60_000;

/// How much is said of each object, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Lines(usize),
    Fields,
    Names,
}

/// The whole preview in at most the budget.
pub(crate) fn text(preview: &Preview, revisions: &str, context: usize) -> String {
    let levels = [
        Level::Lines(context),
        Level::Lines(0),
        Level::Fields,
        Level::Names,
    ];
    let texts = levels
        .into_iter()
        .map(|level| at_level(preview, revisions, level));
    let mut shortest = String::new();
    for text in texts {
        if text.len() <= BUDGET {
            return text;
        }
        shortest = text;
    }
    // even the names are too many: whole lines up to the budget, and how many are missing
    let kept: Vec<&str> = shortest
        .lines()
        .scan(0, |used, line| {
            *used += line.len() + 1;
            (*used <= BUDGET).then_some(line)
        })
        .collect();
    let missing = shortest.lines().count() - kept.len();
    format!(
        "{}\n\n{missing} more lines are not shown; `glops preview` shows them.\n",
        kept.join("\n")
    )
}

fn at_level(preview: &Preview, revisions: &str, level: Level) -> String {
    let mut out = vec![
        "## What this change does".to_owned(),
        format!("**{}**", Headline::of(preview)),
    ];
    out.extend(
        preview
            .notices
            .iter()
            .map(|notice| format!("- :warning: {}", code(notice))),
    );
    let remarks: Vec<String> = requested(preview).flat_map(risks).collect();
    if !remarks.is_empty() {
        out.push(remarks.join("\n"));
    }
    out.extend(requested(preview).map(|object| details(object, level)));
    let runs: Vec<String> = rerun(preview)
        .map(|object| {
            let why = remark(object).unwrap_or_default();
            format!("- {}: {}", code(&object.key.to_string()), code(&why))
        })
        .collect();
    if !runs.is_empty() {
        let title = format!("{} not changed, and recreated", runs.len());
        out.push(folded(&title, &runs.join("\n")));
    }
    let drift: Vec<String> = drifted(preview).map(drift_lines).collect();
    if !drift.is_empty() {
        let title = format!("{} changed in the cluster, not by this change", drift.len());
        out.push(folded(&title, &drift.join("\n")));
    }
    if level != Level::Lines(3) && matches!(level, Level::Fields | Level::Names) {
        out.push("Shortened to fit; `glops preview` shows the lines.".to_owned());
    }
    out.push(format!("<sub>{revisions}</sub>"));
    out.join("\n\n") + "\n"
}

/// What a reviewer must not miss, whatever the level.
fn risks(object: &ObjectPreview) -> Vec<String> {
    let key = code(&object.key.to_string());
    let whole = remark(object).map(|remark| format!("- :warning: {key}: {}", code(&remark)));
    let fields = remarkable(object).filter_map(|field| match &field.label {
        Whose::Conflict => Some(format!(
            "- :warning: {key}: {} was changed in the cluster too, to {}",
            code(&field.path),
            code(&shown(field.before.as_ref()))
        )),
        Whose::ForeignManager(manager) => Some(format!(
            "- :warning: {key}: {} belongs to {} and stays as it is",
            code(&field.path),
            code(manager)
        )),
        _ => None,
    });
    whole.into_iter().chain(fields).collect()
}

fn details(object: &ObjectPreview, level: Level) -> String {
    let (sign, _, word) = sign(&object.requested);
    let title = format!("{sign} {} ({word})", object.key);
    match level {
        Level::Names => format!("- {}", code(&title)),
        Level::Fields => {
            let fields = object.cluster.iter().flat_map(|diff| &diff.fields);
            let lines: Vec<String> = fields
                .map(|field| format!("- {}: {}", field.label, code(&field.path)))
                .collect();
            folded(&title, &lines.join("\n"))
        }
        Level::Lines(context) => {
            let lines = unified::lines(&object.base, &object.head, context, Style::PLAIN);
            folded(&title, &fenced("diff", &lines.join("\n")))
        }
    }
}

fn drift_lines(object: &ObjectPreview) -> String {
    let fields = drifted_fields(object).map(|field| {
        format!(
            "- {} {}: {} in the cluster, {} described",
            code(&object.key.to_string()),
            code(&field.path),
            code(&shown(field.before.as_ref())),
            code(&shown(field.after.as_ref()))
        )
    });
    fields.collect::<Vec<_>>().join("\n")
}

fn folded(title: &str, body: &str) -> String {
    let title = title
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    format!("<details><summary><code>{title}</code></summary>\n\n{body}\n\n</details>")
}

/// A fence that is longer than any in the text.
fn fenced(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// A code span on one line: nothing in it is a mention, a command or markup.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{space}{text}{space}{ticks}")
}

fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted)
        .map(str::len)
        .max()
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes_its_quotes() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a `b` @all\n/close"), "``a `b` @all /close``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(fenced("diff", "x\n```\ny"), "````diff\nx\n```\ny\n````");
        assert!(folded("</summary><b>", "x").contains("&lt;/summary&gt;&lt;b&gt;"));
    }
}
