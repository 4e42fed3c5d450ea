use std::sync::LazyLock;

use regex::Regex;

/// Forms of text that are secret whatever they stand in. The first group is what is masked.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const FORMS: &[&str] = &[
        // private keys
        r"(?s)(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z))",
        // the password of a URL
        r"[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/@:]*:([^\s/@]+)@",
        // tokens of GitLab, GitHub, Slack, AWS, Google, and JSON web tokens
        r"\b((?:gl[a-z]{2,6}|ghp|gho|ghu|ghs|ghr|github_pat)[-_][A-Za-z0-9_-]{16,})",
        r"\b(xox[abeoprs]-[A-Za-z0-9-]{10,})",
        r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b",
        r"\b(AIza[A-Za-z0-9_-]{35})",
        r"\b(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+)",
    ];
    // a form that does not compile would be found by the tests, which use each
    FORMS.iter().filter_map(|form| Regex::new(form).ok()).collect()
});

static TELLING_NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(passw(or)?d|passphrase|secret|token|credential|api[-_]?key|private[-_]?key|access[-_]?key)",
    )
    .ok()
});

/// The parts of a text that look secret, as byte ranges in order, without overlaps.
pub(super) fn parts(text: &str) -> Vec<(usize, usize)> {
    let found = FORMS
        .iter()
        .flat_map(|form| form.captures_iter(text))
        .filter_map(|captures| captures.get(1));
    let mut parts: Vec<(usize, usize)> = found.map(|part| (part.start(), part.end())).collect();
    parts.sort_unstable();
    let mut end = 0;
    parts.retain(|part| {
        let is_free = part.0 >= end;
        if is_free {
            end = part.1;
        }
        is_free
    });
    parts
}

/// Whether what goes by this name is likely to be secret.
pub(super) fn is_telling_name(name: &str) -> bool {
    TELLING_NAME.as_ref().is_none_or(|telling| telling.is_match(name))
}
