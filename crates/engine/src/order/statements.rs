use std::collections::BTreeSet;
use std::time::Duration;

use manifest::{Object, ResourceKey};

use super::dialect::{Expected, argo, cli_utils, helm, kapp, kluctl};
use super::{DeletePolicy, Hook, Occasion, Phase, Problem};

/// What one object says about its order, in all dialects together.
#[derive(Debug, Default)]
pub(super) struct Statements {
    /// The phases of a hook; none for an ordinary object.
    pub(super) hook: Option<HookStatement>,
    pub(super) wave: Option<i64>,
    /// Its dependents wait until it is healthy, not only applied.
    pub(super) awaits_health: bool,
    pub(super) depends_on: Vec<DependsOn>,
    pub(super) groups: Vec<String>,
    pub(super) rules: Vec<kapp::Rule>,
    pub(super) problems: Vec<Problem>,
}

/// An object that another one names, and the annotation in which it does.
#[derive(Debug)]
pub(super) struct DependsOn {
    pub(super) annotation: &'static str,
    pub(super) key: ResourceKey,
}

/// A hook as its annotations describe it.
#[derive(Debug, Default)]
pub(super) struct HookStatement {
    /// Empty when it never runs on this occasion.
    pub(super) phases: BTreeSet<Phase>,
    pub(super) delete_policies: BTreeSet<DeletePolicy>,
    pub(super) wait: bool,
    pub(super) timeout: Option<Duration>,
}

impl HookStatement {
    pub(super) fn to_hook(&self) -> Hook {
        let mut delete_policies = self.delete_policies.clone();
        if delete_policies.is_empty() {
            delete_policies.insert(DeletePolicy::BeforeHookCreation);
        }
        Hook {
            delete_policies,
            wait: self.wait,
            timeout: self.timeout,
        }
    }
}

/// One annotation of one object.
#[derive(Clone, Copy)]
pub(super) struct Annotation<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

impl Annotation<'_> {
    fn quoted(&self) -> String {
        format!("{}: {:?}", self.name, self.value)
    }
}

/// The annotations of the dialects, as found on one object.
#[derive(Default)]
struct Found<'a> {
    argo_hook: Option<Annotation<'a>>,
    argo_policies: Option<Annotation<'a>>,
    sync_wave: Option<Annotation<'a>>,
    helm_hook: Option<Annotation<'a>>,
    helm_policies: Option<Annotation<'a>>,
    helm_weight: Option<Annotation<'a>>,
    kluctl_hook: Option<Annotation<'a>>,
    kluctl_policies: Option<Annotation<'a>>,
    kluctl_weight: Option<Annotation<'a>>,
    kluctl_wait: Option<Annotation<'a>>,
    kluctl_timeout: Option<Annotation<'a>>,
    kluctl_readiness: Option<Annotation<'a>>,
    depends_on: Option<Annotation<'a>>,
    mutation: Option<Annotation<'a>>,
    groups: Vec<Annotation<'a>>,
    rules: Vec<Annotation<'a>>,
}

impl<'a> Found<'a> {
    /// None when no annotation says anything about order, which is the common case.
    fn on(object: &'a Object) -> Option<Self> {
        let annotations = object.value().get("metadata")?.get("annotations")?.as_object()?;
        let mut found = Self::default();
        let mut any = false;
        for (name, value) in annotations {
            let Some(value) = value.as_str() else { continue };
            let annotation = Annotation { name, value };
            let slot = match name.as_str() {
                argo::HOOK => &mut found.argo_hook,
                argo::HOOK_DELETE_POLICY => &mut found.argo_policies,
                argo::SYNC_WAVE => &mut found.sync_wave,
                helm::HOOK => &mut found.helm_hook,
                helm::HOOK_DELETE_POLICY => &mut found.helm_policies,
                helm::HOOK_WEIGHT => &mut found.helm_weight,
                kluctl::HOOK => &mut found.kluctl_hook,
                kluctl::HOOK_DELETE_POLICY => &mut found.kluctl_policies,
                kluctl::HOOK_WEIGHT => &mut found.kluctl_weight,
                kluctl::HOOK_WAIT => &mut found.kluctl_wait,
                kluctl::HOOK_TIMEOUT => &mut found.kluctl_timeout,
                kluctl::WAIT_READINESS => &mut found.kluctl_readiness,
                cli_utils::DEPENDS_ON => &mut found.depends_on,
                cli_utils::MUTATION => &mut found.mutation,
                _ => {
                    if kapp::is_suffixed(name, kapp::CHANGE_GROUP) {
                        found.groups.push(annotation);
                        any = true;
                    } else if kapp::is_suffixed(name, kapp::CHANGE_RULE) {
                        found.rules.push(annotation);
                        any = true;
                    }
                    continue;
                }
            };
            *slot = Some(annotation);
            any = true;
        }
        any.then_some(found)
    }
}

/// Whether an object is a hook of this phase.
pub(crate) fn runs_in(object: &Object, phase: Phase) -> bool {
    let hook = read(object, Occasion::Upgrade).hook;
    hook.is_some_and(|hook| hook.phases.contains(&phase))
}

/// Reads all dialects on one object.
pub(super) fn read(object: &Object, occasion: Occasion) -> Statements {
    match Found::on(object) {
        None => Statements::default(),
        Some(found) => Reading {
            key: object.key(),
            statements: Statements::default(),
        }
        .read(object, &found, occasion),
    }
}

struct Reading {
    key: ResourceKey,
    statements: Statements,
}

impl Reading {
    fn read(mut self, object: &Object, found: &Found<'_>, occasion: Occasion) -> Statements {
        self.statements.hook = self.hook(found, occasion);
        self.statements.wave = self.wave(found);
        self.statements.awaits_health = found.kluctl_readiness.is_some_and(|annotation| {
            self.or_report(annotation, kluctl::boolean(annotation.value))
                .unwrap_or(false)
        });
        if let Some(annotation) = found.depends_on {
            let keys = self.or_report(annotation, cli_utils::depends_on(annotation.value));
            self.depend(cli_utils::DEPENDS_ON, keys);
        }
        if let Some(annotation) = found.mutation {
            let keys = self.or_report(
                annotation,
                cli_utils::mutation_sources(annotation.value, object.namespace()),
            );
            self.depend(cli_utils::MUTATION, keys);
        }
        for annotation in &found.groups {
            let group = self.or_report(*annotation, kapp::group(annotation.value, object));
            self.statements.groups.extend(group);
        }
        for annotation in &found.rules {
            let rule = self.or_report(*annotation, kapp::rule(annotation.name, annotation.value, object));
            self.statements.rules.extend(rule);
        }
        self.statements.groups.sort_unstable();
        self.statements.rules.sort_unstable();
        self.statements
    }

    fn depend(&mut self, annotation: &'static str, keys: Option<Vec<ResourceKey>>) {
        let named = keys
            .into_iter()
            .flatten()
            .map(|key| DependsOn { annotation, key });
        self.statements.depends_on.extend(named);
    }

    /// Argo CD's annotation replaces Helm's, as it does there; kluctl's must agree with Argo CD's.
    fn hook(&mut self, found: &Found<'_>, occasion: Occasion) -> Option<HookStatement> {
        let argo = found
            .argo_hook
            .and_then(|it| self.or_report(it, argo::phases(it.value)));
        let kluctl = found
            .kluctl_hook
            .and_then(|it| self.or_report(it, kluctl::phases(it.value, occasion)));
        let helm = found
            .helm_hook
            .and_then(|it| self.or_report(it, helm::phases(it.value, occasion)));
        if let (Some(first), Some(second)) = (found.argo_hook, found.kluctl_hook)
            && let (Some(argo), Some(kluctl)) = (&argo, &kluctl)
            && argo != kluctl
            && !kluctl.is_empty()
        {
            self.conflict(first, second);
        }
        let phases = argo.or(kluctl).or(helm.flatten())?;
        let mut hook = HookStatement {
            phases,
            wait: true,
            ..HookStatement::default()
        };
        for annotation in [found.argo_policies, found.helm_policies, found.kluctl_policies]
            .into_iter()
            .flatten()
        {
            let policies = self.or_report(annotation, helm::delete_policies(annotation.value));
            hook.delete_policies.extend(policies.into_iter().flatten());
        }
        if let Some(annotation) = found.kluctl_wait {
            hook.wait = self
                .or_report(annotation, kluctl::boolean(annotation.value))
                .unwrap_or(true);
        }
        hook.timeout = found
            .kluctl_timeout
            .and_then(|it| self.or_report(it, kluctl::duration(it.value)));
        Some(hook)
    }

    /// A sync wave replaces Helm's weight, as it does in Argo CD; kluctl's weight must agree with it.
    fn wave(&mut self, found: &Found<'_>) -> Option<i64> {
        let is_hook = self.statements.hook.is_some();
        let wave = found.sync_wave.and_then(|it| self.integer(it));
        let kluctl = found
            .kluctl_weight
            .filter(|_| is_hook)
            .and_then(|it| self.integer(it));
        let helm = found
            .helm_weight
            .filter(|_| is_hook)
            .and_then(|it| self.integer(it));
        if let (Some(first), Some(second)) = (found.sync_wave, found.kluctl_weight)
            && let (Some(wave), Some(weight)) = (wave, kluctl)
            && wave != weight
        {
            self.conflict(first, second);
        }
        wave.or(kluctl).or(helm)
    }

    fn integer(&mut self, annotation: Annotation<'_>) -> Option<i64> {
        let parsed = annotation.value.trim().parse::<i32>().map(i64::from);
        self.or_report(annotation, parsed.map_err(|_| Expected("a whole number")))
    }

    fn conflict(&mut self, first: Annotation<'_>, second: Annotation<'_>) {
        self.statements.problems.push(Problem::Conflict {
            key: self.key.clone(),
            first: first.quoted(),
            second: second.quoted(),
        });
    }

    /// The value, or nothing and a problem that names the annotation.
    fn or_report<T>(&mut self, annotation: Annotation<'_>, read: Result<T, Expected>) -> Option<T> {
        read.map_err(|Expected(expected)| {
            self.statements.problems.push(Problem::Annotation {
                key: self.key.clone(),
                annotation: annotation.name.to_owned(),
                expected,
                found: annotation.value.to_owned(),
            });
        })
        .ok()
    }
}
