//! Formats, where Helm's library differs from ours: which there are, and why a text is not of one.

/// Formats that the validator checks and Helm does not.
pub(super) const UNKNOWN_TO_HELM: [&str; 2] = ["idn-email", "idn-hostname"];

/// The reason, if there are words of Go's for it.
pub(super) fn reason(format: &str, text: &str) -> Option<String> {
    match format {
        "ipv4" => of_ipv4(text).map(str::to_owned),
        "ipv6" if !text.contains(':') => Some("missing colon".to_owned()),
        "uuid" if text.split('-').count() != 5 => Some("must have 5 elements".to_owned()),
        "json-pointer" if !text.is_empty() && !text.starts_with('/') => {
            Some("not starting with /".to_owned())
        }
        "regex" => gotemplate::regex_refusal(text),
        _ => None,
    }
}

fn of_ipv4(text: &str) -> Option<&'static str> {
    let groups: Vec<&str> = text.split('.').collect();
    if groups.len() != 4 {
        return Some("expected four decimals");
    }
    groups.into_iter().find_map(|group| {
        if group.len() > 1 && group.starts_with('0') {
            return Some("leading zeros");
        }
        match group.parse::<i64>() {
            Ok(0..=255) => None,
            Ok(_) => Some("decimal must be between 0 and 255"),
            Err(_) => Some("expected decimal"),
        }
    })
}
