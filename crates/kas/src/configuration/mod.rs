//! The agent's configuration file: `.gitlab/agents/<name>/config.yaml` in its configuration project.

mod convert;
mod file;
mod read;

pub use self::{
    convert::Wire,
    read::{Error, parse, path_of},
};

/// Whether a name can be an agent's: lower-case letters, digits and inner dashes, at most 63.
pub fn is_agent_name(name: &str) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    bytes.len() <= 63
        && bytes.first().is_some_and(is_plain)
        && bytes.last().is_some_and(is_plain)
        && bytes.iter().all(|byte| is_plain(byte) || *byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_agents() {
        for name in ["a", "a-b", "0", "prod-eu1", &"x".repeat(63)] {
            assert!(is_agent_name(name), "{name}");
        }
        for name in ["", "-a", "a-", "A", "a_b", "a/b", "ä", &"x".repeat(64)] {
            assert!(!is_agent_name(name), "{name}");
        }
    }
}
