//! Names that a part of the code may not use.

use crate::repository;

/// Files below `within` whose code may not name any of `names`.
struct Fence {
    within: &'static [&'static str],
    except: &'static [&'static str],
    names: &'static [&'static str],
    why: &'static str,
}

const RENDERERS: &[&str] = &[
    "crates/yaml/src/",
    "crates/gotemplate/src/",
    "crates/manifest/src/",
    "crates/kustomize/src/",
    "crates/helm/src/",
    "crates/structured-merge/src/",
];

const PURE_ENGINE: &[&str] = &[
    "crates/engine/src/render",
    "crates/engine/src/plan",
    "crates/engine/src/diff",
    "crates/engine/src/order",
    "crates/engine/src/inventory",
    "crates/engine/src/guard",
    "crates/engine/src/redact",
    "crates/engine/src/health",
    "crates/engine/src/preview",
];

const FENCES: &[Fence] = &[
    Fence {
        within: RENDERERS,
        except: &[
            // where a directory becomes a tree, and where templates are given a clock
            "crates/manifest/src/tree/directory.rs",
            "crates/gotemplate/src/environment.rs",
        ],
        names: &[
            "std::net::Tcp",
            "std::net::Udp",
            "ToSocketAddrs",
            "std::env",
            "std::process",
            "std::fs",
            "SystemTime::now",
            "Instant::now",
            "tokio",
            "kube::",
        ],
        why: "a renderer reaches no network, environment, process, disk or clock",
    },
    Fence {
        within: PURE_ENGINE,
        except: &[],
        names: &[
            "kube::Client",
            "tokio",
            "crate::cluster",
            "crate::apply",
            "crate::prune",
            "crate::wait",
            "crate::sync",
            "SystemTime::now",
        ],
        why: "the pure half of the engine knows neither a cluster nor a clock",
    },
    Fence {
        within: &["crates/"],
        except: &["crates/rpc/", "crates/xtask/src/tidy/fences.rs"],
        names: &["prost::", "prost_types::"],
        why: "protobuf stops at rpc",
    },
];

pub(super) fn check(files: &[String]) -> Vec<String> {
    let mut violations = Vec::new();
    for path in files
        .iter()
        .filter(|path| repository::is_rust(path) && !repository::is_test(path))
    {
        let fences: Vec<_> = FENCES.iter().filter(|fence| fence.encloses(path)).collect();
        if fences.is_empty() {
            continue;
        }
        let Some(text) = repository::text(path) else {
            continue;
        };
        for fence in fences {
            violations.extend(fence.search(path, &text));
        }
    }
    violations
}

impl Fence {
    fn encloses(&self, path: &str) -> bool {
        self.within.iter().any(|part| path.starts_with(part))
            && !self.except.iter().any(|part| path.starts_with(part))
    }

    fn search(&self, path: &str, text: &str) -> Vec<String> {
        let mut violations = Vec::new();
        for (number, line) in (1..)
            .zip(text.lines())
            .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        {
            let code = line.split("//").next().unwrap_or_default();
            for name in self.names.iter().filter(|name| code.contains(**name)) {
                violations.push(format!("{path}:{number}: names {name}, but {}", self.why));
            }
        }
        violations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_fenced_and_words_are_not() {
        let fence = FENCES
            .iter()
            .find(|fence| fence.encloses("crates/engine/src/plan/mod.rs"))
            .expect("a fence");
        let text = "//! Knows no tokio.\nuse tokio::time; // why\n#[cfg(test)]\nuse tokio::test;\n";
        let violations = fence.search("plan/mod.rs", text);
        assert_eq!(violations.len(), 1);
        assert!(violations[0].starts_with("plan/mod.rs:2: names tokio"));
        assert!(!fence.encloses("crates/engine/src/apply/mod.rs"));
    }
}
