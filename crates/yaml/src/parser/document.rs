use super::{Event, EventKind, Parser, State, TagDirective};
use crate::error::{Error, Mark};
use crate::scanner::TokenKind;

/// The handles that need no directive.
const DEFAULT_TAG_DIRECTIVES: [(&str, &str); 2] = [("!", "!"), ("!!", "tag:yaml.org,2002:")];

impl<'a> Parser<'a> {
    pub(super) fn parse_document_start(&mut self, implicit: bool) -> Result<Event<'a>, Error> {
        if !implicit {
            while matches!(self.scanner.peek()?.kind, TokenKind::DocumentEnd) {
                self.scanner.take()?;
            }
        }
        let token = self.scanner.peek()?;
        let start = token.start;
        if matches!(token.kind, TokenKind::StreamEnd) {
            self.state = State::End;
            return Ok(Event {
                kind: EventKind::StreamEnd,
                start,
            });
        }
        let explicit = token.is_directive() || matches!(token.kind, TokenKind::DocumentStart);
        self.process_directives()?;
        self.states.push(State::DocumentEnd);
        if implicit && !explicit {
            self.state = State::BlockNode;
        } else {
            let token = self.scanner.peek()?;
            if !matches!(token.kind, TokenKind::DocumentStart) {
                let place = token.start;
                return Err(self.error(None, place, "did not find expected <document start>"));
            }
            self.scanner.take()?;
            self.state = State::DocumentContent;
        }
        Ok(Event {
            kind: EventKind::DocumentStart,
            start,
        })
    }

    pub(super) fn parse_document_content(&mut self) -> Result<Event<'a>, Error> {
        let token = self.scanner.peek()?;
        let empty = token.is_directive()
            || matches!(
                token.kind,
                TokenKind::DocumentStart | TokenKind::DocumentEnd | TokenKind::StreamEnd
            );
        if empty {
            let place = token.start;
            self.return_to_parent();
            return Ok(Self::empty_scalar(place));
        }
        self.parse_node(true, false)
    }

    pub(super) fn parse_document_end(&mut self) -> Result<Event<'a>, Error> {
        let token = self.scanner.peek()?;
        let start = token.start;
        if matches!(token.kind, TokenKind::DocumentEnd) {
            self.scanner.take()?;
        }
        self.tag_directives.clear();
        self.state = State::DocumentStart;
        Ok(Event {
            kind: EventKind::DocumentEnd,
            start,
        })
    }

    fn process_directives(&mut self) -> Result<(), Error> {
        let mut version_seen = false;
        loop {
            let token = self.scanner.peek()?;
            let place = token.start;
            match token.kind {
                TokenKind::VersionDirective { .. } if version_seen => {
                    return Err(self.error(None, place, "found duplicate %YAML directive"));
                }
                TokenKind::VersionDirective { major: 1, minor: 1 } => version_seen = true,
                TokenKind::VersionDirective { .. } => {
                    return Err(self.error(None, place, "found incompatible YAML document"));
                }
                TokenKind::TagDirective { handle, ref prefix } => {
                    let prefix = prefix.clone();
                    self.add_tag_directive(handle, prefix, place)?;
                }
                _ => break,
            }
            self.scanner.take()?;
        }
        for (handle, prefix) in DEFAULT_TAG_DIRECTIVES {
            if self.tag_prefix(handle).is_none() {
                self.push_tag_directive(handle, prefix.to_owned());
            }
        }
        Ok(())
    }

    fn add_tag_directive(&mut self, handle: &str, prefix: String, place: Mark) -> Result<(), Error> {
        if self.tag_prefix(handle).is_some() {
            return Err(self.error(None, place, "found duplicate %TAG directive"));
        }
        self.push_tag_directive(handle, prefix);
        Ok(())
    }

    fn push_tag_directive(&mut self, handle: &str, prefix: String) {
        self.tag_directives.push(TagDirective {
            handle: handle.to_owned(),
            prefix,
        });
    }

    /// What a handle stands for.
    pub(super) fn tag_prefix(&self, handle: &str) -> Option<&str> {
        self.tag_directives
            .iter()
            .find(|directive| directive.handle == handle)
            .map(|directive| directive.prefix.as_str())
    }
}
