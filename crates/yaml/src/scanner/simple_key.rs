use super::Scanner;
use crate::error::{Error, Mark};

/// How many characters may stand between the start of a simple key and its `:`.
const MAX_LENGTH: usize = 1024;

/// A token that is a key if a `:` follows on its line.
#[derive(Clone, Debug)]
pub(super) struct SimpleKey {
    flow_level: usize,
    /// Whether nothing but a key may stand there.
    required: bool,
    pub(super) token_number: usize,
    pub(super) mark: Mark,
    /// Whether the queue waits for its `:`. go-yaml forgets to wait for one at a flow collection that is empty.
    awaited: bool,
}

/// A flow collection that is open.
#[derive(Clone, Debug)]
pub(super) struct FlowLevel {
    /// The number of its first token, until something within may have been a key.
    opening: Option<usize>,
}

impl Scanner<'_> {
    /// Whether the first token of the queue may still become a key.
    pub(super) fn head_may_be_key(&mut self) -> Result<bool, Error> {
        let Some(oldest) = self.simple_keys.front() else {
            return Ok(false);
        };
        if oldest.token_number != self.tokens_taken || !oldest.awaited {
            return Ok(false);
        }
        if self.is_in_reach(oldest) {
            return Ok(true);
        }
        if oldest.required {
            return Err(self.missing_colon(oldest.mark));
        }
        self.simple_keys.pop_front();
        Ok(false)
    }

    /// Notes that what begins here may be a key.
    pub(super) fn save_simple_key(&mut self) -> Result<(), Error> {
        if !self.simple_key_allowed {
            return Ok(());
        }
        self.remove_simple_key()?;
        if let Some(level) = self.flow_levels.last_mut() {
            level.opening = None;
        }
        self.simple_keys.push_back(SimpleKey {
            flow_level: self.flow_levels.len(),
            required: !self.is_in_flow() && self.indent == self.column(),
            token_number: self.next_number(),
            mark: self.cursor.mark(),
            awaited: true,
        });
        Ok(())
    }

    /// Gives up the possible key of this flow level.
    pub(super) fn remove_simple_key(&mut self) -> Result<(), Error> {
        match self.current_key() {
            Some(key) if key.required => Err(self.missing_colon(key.mark)),
            Some(_) => {
                self.simple_keys.pop_back();
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Takes the key to which a `:` here belongs.
    pub(super) fn take_simple_key(&mut self) -> Result<Option<SimpleKey>, Error> {
        let Some(key) = self.current_key() else {
            return Ok(None);
        };
        if self.is_in_reach(key) {
            return Ok(self.simple_keys.pop_back());
        }
        if key.required {
            return Err(self.missing_colon(key.mark));
        }
        self.simple_keys.pop_back();
        Ok(None)
    }

    /// Begins a flow collection, whose first token is the next.
    pub(super) fn enter_flow_level(&mut self) {
        let opening = Some(self.next_number());
        self.flow_levels.push(FlowLevel { opening });
    }

    /// Ends a flow collection and forgets what may have been a key in it.
    pub(super) fn leave_flow_level(&mut self) {
        if self.current_key().is_some() && self.is_in_flow() {
            self.simple_keys.pop_back();
        }
        let Some(FlowLevel {
            opening: Some(opening),
        }) = self.flow_levels.pop()
        else {
            return;
        };
        let depth = self.flow_levels.len();
        if let Some(key) = self.simple_keys.back_mut()
            && key.flow_level == depth
            && key.token_number == opening
        {
            key.awaited = false;
        }
    }

    fn current_key(&self) -> Option<&SimpleKey> {
        self.simple_keys
            .back()
            .filter(|key| key.flow_level == self.flow_levels.len())
    }

    fn is_in_reach(&self, key: &SimpleKey) -> bool {
        key.mark.line == self.cursor.line() && key.mark.column as usize + MAX_LENGTH >= self.cursor.column()
    }

    fn missing_colon(&self, key: Mark) -> Error {
        self.error(key, "could not find expected ':'")
    }
}
