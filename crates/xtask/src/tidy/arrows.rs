//! Arrows between crates against the table of levels in docs/architecture.md.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};

use crate::repository::{self, Package};

const DOCUMENT: &str = "docs/architecture.md";
const BEGIN: &str = "Levels; an arrow only points down:";
const DEVELOPMENT: &str = "development only:";

/// Who may depend on whom.
#[derive(Debug, Default)]
struct Levels {
    crates: BTreeMap<String, Placed>,
    development: Vec<String>,
}

#[derive(Debug)]
struct Placed {
    level: u32,
    arrows: Vec<String>,
}

pub(super) fn check(packages: &[Package]) -> Result<Vec<String>> {
    let text = repository::text(DOCUMENT).with_context(|| format!("{DOCUMENT} is not there"))?;
    let levels =
        parse(&text).with_context(|| format!("failed to parse the table of levels in {DOCUMENT}"))?;
    let mut violations = upward(&levels);
    for package in packages
        .iter()
        .filter(|package| package.folder.starts_with("crates/"))
    {
        violations.extend(judge(&levels, package, packages));
    }
    Ok(violations)
}

fn parse(text: &str) -> Result<Levels> {
    let (_, table) = text
        .split_once(BEGIN)
        .with_context(|| format!("the line \"{BEGIN}\" is missing"))?;
    let mut levels = Levels::default();
    for line in table
        .lines()
        .skip_while(|line| line.is_empty())
        .take_while(|line| line.starts_with("    "))
    {
        if let Some(names) = line.trim().strip_prefix(DEVELOPMENT) {
            levels.development = names.split(',').map(|name| name.trim().to_owned()).collect();
            continue;
        }
        let (level, rest) = line
            .trim()
            .split_once(' ')
            .context("a line has a level and no crate")?;
        let level = level.parse().with_context(|| format!("{level} is no level"))?;
        for entry in rest.split("  ").map(str::trim).filter(|entry| !entry.is_empty()) {
            let (name, arrows) = entry.split_once('→').unwrap_or((entry, ""));
            let arrows = arrows
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty());
            levels.crates.insert(
                name.trim().to_owned(),
                Placed {
                    level,
                    arrows: arrows.collect(),
                },
            );
        }
    }
    Ok(levels)
}

impl Levels {
    /// What `placed` may name: the targets of its arrows, and theirs.
    fn reach(&self, placed: &Placed) -> BTreeSet<String> {
        let mut reach: BTreeSet<_> = placed.arrows.iter().cloned().collect();
        for target in placed.arrows.iter().filter_map(|arrow| self.crates.get(arrow)) {
            // arrows point down, so this ends; those that do not are violations of their own
            if target.level < placed.level {
                reach.extend(self.reach(target));
            }
        }
        reach
    }
}

/// Arrows of the table itself that do not point down.
fn upward(levels: &Levels) -> Vec<String> {
    let mut violations = Vec::new();
    for (name, placed) in &levels.crates {
        for arrow in &placed.arrows {
            if levels
                .crates
                .get(arrow)
                .is_none_or(|target| target.level >= placed.level)
            {
                violations.push(format!(
                    "{DOCUMENT}: the arrow {name} → {arrow} does not point down"
                ));
            }
        }
    }
    violations
}

fn judge(levels: &Levels, package: &Package, packages: &[Package]) -> Vec<String> {
    let development = levels.development.contains(&package.name);
    let Some(placed) = levels.crates.get(&package.name) else {
        let unknown = format!(
            "crate {} is not in the table of levels in {DOCUMENT}",
            package.name
        );
        return if development { Vec::new() } else { vec![unknown] };
    };
    let ours = |name: &str| packages.iter().any(|other| other.name == name);
    let internal = package
        .dependencies
        .iter()
        .filter(|dependency| ours(&dependency.name));
    internal
        .filter(|dependency| {
            let for_tests = dependency.development && levels.development.contains(&dependency.name);
            !for_tests && !levels.reach(placed).contains(&dependency.name)
        })
        .map(|dependency| {
            format!(
                "the arrow {} → {} is not in {DOCUMENT}",
                package.name, dependency.name
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::Dependency;

    const TABLE: &str = "Levels; an arrow only points down:\n\n    0  yaml  gotemplate\n    1  manifest → yaml    rpc\n    \
                         2  helm → manifest, gotemplate\n    development only: testkit, xtask\n\nMore words.\n";

    fn package(name: &str, dependencies: &[(&str, bool)]) -> Package {
        let dependencies = dependencies.iter().map(|(name, development)| Dependency {
            name: (*name).to_owned(),
            development: *development,
        });
        Package {
            name: name.to_owned(),
            folder: format!("crates/{name}"),
            dependencies: dependencies.collect(),
        }
    }

    #[test]
    fn arrows_of_the_table_and_tests_are_allowed() {
        let levels = parse(TABLE).expect("a table");
        let helm = package(
            "helm",
            &[
                ("manifest", false),
                ("yaml", false),
                ("testkit", true),
                ("serde", false),
            ],
        );
        let all = [
            helm.clone(),
            package("manifest", &[]),
            package("yaml", &[]),
            package("testkit", &[]),
        ];
        assert!(upward(&levels).is_empty());
        assert!(judge(&levels, &helm, &all).is_empty());
        assert!(judge(&levels, &package("testkit", &[("helm", false)]), &all).is_empty());
    }

    #[test]
    fn other_arrows_are_not() {
        let levels = parse(TABLE).expect("a table");
        let manifest = package("manifest", &[("helm", false), ("testkit", false)]);
        let all = [manifest.clone(), package("helm", &[]), package("testkit", &[])];
        assert_eq!(judge(&levels, &manifest, &all).len(), 2);
        assert_eq!(judge(&levels, &package("stranger", &[]), &all).len(), 1);
        let bent = parse(&TABLE.replace("manifest → yaml", "manifest → helm")).expect("a table");
        assert_eq!(
            upward(&bent),
            ["docs/architecture.md: the arrow manifest → helm does not point down"]
        );
    }
}
