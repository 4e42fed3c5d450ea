//! Rules between flags that hold for what is typed. The parser counts a flag as given when a variable sets it too, and
//! a variable is there for whichever command can use it: so these rules are not the parser's.

use clap::{
    ArgMatches, Command,
    error::{Error, ErrorKind},
    parser::ValueSource,
};

/// What a flag asks of another one of its command.
struct Rule {
    command: &'static str,
    flag: &'static str,
    relation: Relation,
    other: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// It means nothing without the other.
    Needs,
    /// It contradicts the other.
    Excludes,
}

const fn needs(command: &'static str, flag: &'static str, other: &'static str) -> Rule {
    Rule {
        command,
        flag,
        relation: Relation::Needs,
        other,
    }
}

const fn excludes(command: &'static str, flag: &'static str, other: &'static str) -> Rule {
    Rule {
        command,
        flag,
        relation: Relation::Excludes,
        other,
    }
}

const RULES: [Rule; 12] = [
    needs("render", "release", "helm"),
    needs("render", "kube_version", "helm"),
    needs("render", "api_versions", "helm"),
    needs("render", "helm_compat", "helm"),
    needs("render", "load_restrictor", "kustomize"),
    needs("render", "reorder", "kustomize"),
    needs("render", "enable_helm", "kustomize"),
    excludes("apply", "dry_run", "atomic"),
    excludes("apply", "confirm_all", "confirm"),
    excludes("delete", "confirm_all", "confirm"),
    excludes("import", "yes", "dry_run"),
    excludes("import", "from", "file"),
];

/// Checks what was typed; `command` is the whole program, built.
pub(crate) fn check(command: &mut Command, matches: &ArgMatches) -> Result<(), Error> {
    if let Some((name, matches)) = matches.subcommand()
        && let Some(command) = command.find_subcommand_mut(name)
    {
        return check(command, matches);
    }
    let is_typed = |flag| matches.value_source(flag) == Some(ValueSource::CommandLine);
    let own = RULES.iter().filter(|rule| rule.command == command.get_name());
    let broken = own
        .filter(|rule| is_typed(rule.flag))
        .find(|rule| match rule.relation {
            Relation::Needs => !is_typed(rule.other),
            Relation::Excludes => is_typed(rule.other),
        });
    broken.map_or(Ok(()), |rule| Err(rule.error(command)))
}

impl Rule {
    fn error(&self, command: &mut Command) -> Error {
        let (flag, other) = (shown(command, self.flag), shown(command, self.other));
        match self.relation {
            Relation::Needs => command.error(
                ErrorKind::MissingRequiredArgument,
                format!("the argument '{flag}' needs '{other}'"),
            ),
            Relation::Excludes => command.error(
                ErrorKind::ArgumentConflict,
                format!("the argument '{flag}' cannot be used with '{other}'"),
            ),
        }
    }
}

/// A flag as the help has it.
fn shown(command: &Command, id: &str) -> String {
    let found = command.get_arguments().find(|argument| argument.get_id() == id);
    found.map_or_else(|| id.to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::cli::Cli;

    fn checked(line: &str) -> Result<(), Error> {
        let mut command = Cli::command();
        command.build();
        let matches = command.try_get_matches_from_mut(line.split(' '))?;
        check(&mut command, &matches)
    }

    #[test]
    fn the_rules_are_about_flags_that_are_there() {
        let mut program = Cli::command();
        program.build();
        for rule in &RULES {
            let mut commands = program
                .get_subcommands()
                .chain(program.get_subcommands().flat_map(Command::get_subcommands));
            let command = commands
                .find(|command| command.get_name() == rule.command)
                .expect("the command");
            for flag in [rule.flag, rule.other] {
                assert!(
                    command.get_arguments().any(|argument| argument.get_id() == flag),
                    "{} {flag}",
                    rule.command
                );
            }
        }
    }

    #[test]
    fn what_is_typed_must_fit_together() {
        for (line, kind) in [
            ("glops render --release web", ErrorKind::MissingRequiredArgument),
            ("glops render --enable-helm", ErrorKind::MissingRequiredArgument),
            (
                "glops apply --inventory web --dry-run --atomic",
                ErrorKind::ArgumentConflict,
            ),
            (
                "glops inventory import Application/web --inventory web --yes --dry-run",
                ErrorKind::ArgumentConflict,
            ),
        ] {
            assert_eq!(checked(line).map_err(|error| error.kind()), Err(kind), "{line}");
        }
        assert!(checked("glops render --helm chart --release web").is_ok());
        assert!(checked("glops render .").is_ok());
    }
}
