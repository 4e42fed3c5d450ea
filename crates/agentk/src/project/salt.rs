use std::{
    fmt,
    time::{Duration, SystemTime},
};

use helm::Randomness;
use rpc::{client::Token, configuration::ProjectKey};
use sha2::{Digest as _, Sha256};

const DAY: u64 = 24 * 60 * 60;

/// A secret of this agent, from which charts get the same random numbers at each sync.
///
/// They are kept once they are live; until then, and in names, they must neither change with each look nor be
/// something that others could work out.
#[derive(Clone)]
pub struct Salt([u8; 32]);

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl Salt {
    /// The one that goes with a token.
    pub fn new(token: &Token) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"random numbers of charts");
        hash.update(token.authorization().as_encoded_bytes());
        Self(hash.finalize().into())
    }

    /// The random numbers of a project, and a clock that stands still for a day.
    pub(super) fn randomness(&self, project: &ProjectKey) -> Randomness {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(project.project_id.as_bytes());
        hash.update([0]);
        hash.update(project.default_namespace.as_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        let mut seed = [0; 8];
        seed.copy_from_slice(&hash[..8]);
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        Randomness::Seeded {
            seed: u64::from_be_bytes(seed),
            clock: SystemTime::UNIX_EPOCH + Duration::from_secs(now - now % DAY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(token: &str, project: &str) -> u64 {
        let project = ProjectKey {
            project_id: project.to_owned(),
            default_namespace: "default".to_owned(),
        };
        match Salt::new(&Token::new(token).unwrap()).randomness(&project) {
            Randomness::Seeded { seed, .. } => seed,
            Randomness::System => panic!("it is not the same each time"),
        }
    }

    #[test]
    fn the_same_agent_gets_the_same_numbers() {
        assert_eq!(seed("a", "shop"), seed("a", "shop"));
        assert_ne!(seed("a", "shop"), seed("a", "other"));
        assert_ne!(seed("a", "shop"), seed("b", "shop"));
    }
}
