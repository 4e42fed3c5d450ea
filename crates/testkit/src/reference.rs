//! Reference pages made from the code: the flags of a program as Markdown.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command};

/// The page of a program: each command with its usage and a table of its flags. Flags that every command has stand at
/// the head, once.
pub fn page(mut command: Command) -> String {
    command = command.term_width(0);
    command.build();
    let mut page = format!(
        "# {}\n\nMade from the code by `cargo xtask codegen`; a test compares.\n",
        command.get_name()
    );
    let is_global = |argument: &&Arg| argument.is_global_set();
    let global: Vec<&Arg> = command.get_arguments().filter(is_global).collect();
    section(&mut page, &command, 1, &[]);
    for subcommand in command.get_subcommands() {
        sections(&mut page, subcommand, &global);
    }
    page
}

fn sections(page: &mut String, command: &Command, known: &[&Arg]) {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let _ = write!(page, "\n## {name}\n");
    section(page, command, 2, known);
    let is_global = |argument: &&Arg| argument.is_global_set();
    let own: Vec<&Arg> = command.get_arguments().filter(is_global).collect();
    for subcommand in command.get_subcommands() {
        sections(page, subcommand, &[known, &own].concat());
    }
}

fn section(page: &mut String, command: &Command, depth: usize, known: &[&Arg]) {
    if let Some(about) = command.get_long_about().or(command.get_about()) {
        let _ = write!(page, "\n{}\n", about.to_string().trim_end());
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    let _ = write!(page, "\n    {}\n", usage.replace('\n', "\n    "));
    let is_shown = |argument: &&Arg| {
        !argument.is_hide_set()
            && !matches!(
                argument.get_action(),
                ArgAction::Help | ArgAction::HelpShort | ArgAction::Version
            )
            && !known.iter().any(|global| global.get_id() == argument.get_id())
    };
    let shown: Vec<&Arg> = command.get_arguments().filter(is_shown).collect();
    for heading in headings(&shown) {
        if let Some(heading) = heading {
            let _ = write!(page, "\n{} {heading}\n", "#".repeat(depth + 1));
        }
        page.push_str("\n| Flag | Variable | Default | Meaning |\n|---|---|---|---|\n");
        let below = shown
            .iter()
            .filter(|argument| argument.get_help_heading() == heading);
        page.extend(below.map(|argument| row(argument)));
    }
}

/// The headings of these arguments in their order; those without one come first.
fn headings<'a>(arguments: &[&'a Arg]) -> Vec<Option<&'a str>> {
    let mut headings: Vec<Option<&str>> = Vec::new();
    for argument in arguments {
        let heading = argument.get_help_heading();
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    headings.sort_by_key(Option::is_some);
    headings
}

fn row(argument: &Arg) -> String {
    let variable = argument.get_env().map(|name| code(&name.to_string_lossy()));
    let takes_value = argument.get_action().takes_values();
    let defaults = argument
        .get_default_values()
        .iter()
        .map(|value| code(&value.to_string_lossy()));
    let default = if takes_value {
        defaults.collect::<Vec<_>>().join(", ")
    } else {
        String::new()
    };
    format!(
        "| {} | {} | {default} | {} |\n",
        code(&spelling(argument)),
        variable.unwrap_or_default(),
        meaning(argument)
    )
}

/// `-n, --namespace NAMESPACE`, `--wait[=DURATION]`, `[PATH]...`.
fn spelling(argument: &Arg) -> String {
    let names: Vec<&str> = argument
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(clap::builder::Str::as_str)
        .collect();
    let value = names.join(" ");
    if argument.is_positional() {
        let many = if matches!(argument.get_action(), ArgAction::Append) {
            "..."
        } else {
            ""
        };
        return if argument.is_required_set() {
            format!("{value}{many}")
        } else {
            format!("[{value}]{many}")
        };
    }
    let short = argument.get_short().map(|short| format!("-{short}"));
    let long = argument.get_long().map(|long| format!("--{long}"));
    let flag = short.into_iter().chain(long).collect::<Vec<_>>().join(", ");
    if !argument.get_action().takes_values() {
        return flag;
    }
    let may_be_bare = argument
        .get_num_args()
        .is_some_and(|range| range.min_values() == 0);
    match (may_be_bare, argument.is_require_equals_set()) {
        (true, true) => format!("{flag}[={value}]"),
        (true, false) => format!("{flag} [{value}]"),
        (false, _) => format!("{flag} {value}"),
    }
}

fn meaning(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help());
    let mut text = help.map(ToString::to_string).unwrap_or_default();
    if !text.is_empty() && !text.ends_with('.') {
        text.push('.');
    }
    for value in argument
        .get_possible_values()
        .iter()
        .filter(|value| !value.is_hide_set())
    {
        let help = value
            .get_help()
            .map(|help| format!(": {help}"))
            .unwrap_or_default();
        let _ = write!(
            text,
            "<br>{}{}",
            code(value.get_name()),
            help.trim_end_matches('.')
        );
    }
    text.replace('\n', " ").replace('|', "\\|")
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// The page of what a program counts, from what it answers to Prometheus when each metric has a sample.
pub fn metrics_page(program: &str, answer: &str) -> String {
    let mut page = format!(
        "# Metrics of {program}\n\nServed at `/metrics` in the form of OpenMetrics. Made from the code by `cargo xtask codegen`; a \
         test compares.\n\n| Metric | Kind | Labels | Meaning |\n|---|---|---|---|\n"
    );
    for line in answer.lines() {
        let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|line| line.split_once(' ')) else {
            continue;
        };
        let kind = answer.lines().find_map(|line| {
            line.strip_prefix("# TYPE ")?
                .strip_prefix(name)?
                .strip_prefix(' ')
        });
        let kind = kind.unwrap_or_default();
        let sample = if kind == "counter" {
            format!("{name}_total")
        } else {
            name.to_owned()
        };
        let labels = answer
            .lines()
            .find_map(|line| line.strip_prefix(&sample)?.strip_prefix('{')?.split_once('}'));
        let labels: Vec<String> = labels
            .iter()
            .flat_map(|(labels, _)| labels.split(','))
            .filter_map(|label| Some(code(label.split_once('=')?.0)))
            .collect();
        let _ = writeln!(
            page,
            "| {} | {kind} | {} | {help} |",
            code(&sample),
            labels.join(", ")
        );
    }
    page
}

/// The first example of a page: its first indented block.
pub fn example(page: &str) -> String {
    let block = page.lines().skip_while(|line| !line.starts_with("    "));
    let block = block.take_while(|line| line.starts_with("    "));
    block.map(|line| format!("{}\n", &line[4..])).collect()
}

/// The fields of the structs in a Rust source of which a page says nothing.
pub fn undocumented(source: &str, page: &str) -> Vec<String> {
    let field = |line: &str| {
        let (name, _) = line.trim().strip_prefix("pub(super) ")?.split_once(": ")?;
        let is_field = name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        // the one key that is a word of Rust
        let key = if name == "reference" { "ref" } else { name };
        is_field.then(|| key.to_owned())
    };
    let words: Vec<&str> = page
        .split(|c: char| !c.is_ascii_lowercase() && c != '_')
        .collect();
    let fields = source.lines().filter_map(field);
    fields.filter(|name| !words.contains(&name.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use clap::{Arg, Command, value_parser};

    use super::*;

    #[test]
    fn a_metric_stands_with_its_labels() {
        let answer = "# HELP a_syncs Syncs, by result.\n# TYPE a_syncs counter\na_syncs_total{project=\"p\",result=\"r\"} 1\n\
                      # HELP a_up Whether it is up.\n# TYPE a_up gauge\na_up 1\n# EOF\n";
        let page = metrics_page("a", answer);
        assert!(
            page.ends_with(
                "| `a_syncs_total` | counter | `project`, `result` | Syncs, by result. |\n\
             | `a_up` | gauge |  | Whether it is up. |\n"
            ),
            "{page}"
        );
    }

    #[test]
    fn pages_are_read_back() {
        assert_eq!(example("# a\n\n    b:\n      c\n\nd\n\n    e\n"), "b:\n  c\n");
        let source = "    pub(super) known: u8,\n    pub(super) unknown_one: Option<Listen>,\n    pub(super) fn a(b: u8)";
        assert_eq!(undocumented(source, "| `x.known` |"), ["unknown_one"]);
    }

    #[test]
    fn a_flag_stands_where_it_belongs() {
        let wait = Arg::new("wait")
            .long("wait")
            .value_name("DURATION")
            .num_args(0..=1)
            .require_equals(true)
            .help("Wait | at most so long");
        let mode = Arg::new("mode")
            .long("mode")
            .value_name("MODE")
            .default_value("a")
            .value_parser(["a", "b"]);
        let path = Arg::new("path")
            .value_name("PATH")
            .value_parser(value_parser!(String));
        let quiet = Arg::new("quiet")
            .short('q')
            .long("quiet")
            .global(true)
            .action(ArgAction::SetTrue);
        let program = Command::new("tool")
            .about("Does it")
            .arg(quiet)
            .subcommand(Command::new("run").about("Runs it").args([wait, mode, path]));
        let page = page(program);
        assert_eq!(page.matches("--quiet").count(), 1, "{page}");
        assert!(
            page.contains("| `--wait[=DURATION]` |  |  | Wait \\| at most so long. |"),
            "{page}"
        );
        assert!(
            page.contains("| `--mode MODE` |  | `a` | <br>`a`<br>`b` |"),
            "{page}"
        );
        assert!(page.contains("| `[PATH]` |"), "{page}");
        assert!(
            page.contains("\n## tool run\n\nRuns it\n\n    tool run [OPTIONS] [PATH]\n"),
            "{page}"
        );
    }
}
