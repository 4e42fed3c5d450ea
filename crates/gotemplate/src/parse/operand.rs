//! Commands and their words.

use std::sync::Arc;

use super::node::{Command, Operand, Term};
use super::number::Number;
use super::token::{Token, TokenKind};
use super::{Parsed, Parser};
use crate::text::quote;
use crate::value::Str;

impl Operand {
    /// Whether the word can neither be called nor take arguments.
    pub(super) fn is_constant(&self) -> bool {
        matches!(
            self.term,
            Term::Bool(_) | Term::Dot | Term::Nil | Term::Number(_) | Term::String { .. }
        )
    }
}

impl Parser<'_> {
    /// Words up to a pipe or the end of the pipeline.
    pub(super) fn command(&mut self) -> Parsed<Command> {
        let position = self.peek_non_space().position;
        let mut words = Vec::new();
        loop {
            self.peek_non_space();
            if let Some(operand) = self.operand()? {
                words.push(operand);
            }
            let token = self.next();
            match token.kind {
                TokenKind::Space => {}
                TokenKind::RightDelimiter | TokenKind::RightParen => {
                    self.give_back(token);
                    break;
                }
                TokenKind::Pipe => break,
                _ => return Err(self.unexpected(&token, "operand")),
            }
        }
        if words.is_empty() {
            return Err(self.error("empty command"));
        }
        Ok(Command { position, words })
    }

    /// A term and the fields that follow it without space.
    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(base) = self.term()? else { return Ok(None) };
        if self.peek().kind != TokenKind::Field {
            return Ok(Some(base));
        }
        let position = self.peek().position;
        let mut fields = Vec::new();
        while self.peek().kind == TokenKind::Field {
            fields.push(field_name(&self.next()));
        }
        let term = match base.term {
            Term::Field(mut path) => {
                path.append(&mut fields);
                Term::Field(path)
            }
            Term::Variable {
                name,
                fields: mut path,
            } => {
                path.append(&mut fields);
                Term::Variable { name, fields: path }
            }
            _ if base.is_constant() => {
                let shown = quote::quoted(base.to_string().as_bytes());
                return Err(self.error(format!("unexpected . after term {shown}")));
            }
            _ => Term::Chain {
                base: Box::new(base),
                fields,
            },
        };
        Ok(Some(Operand { position, term }))
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let token = self.next_non_space();
        let position = token.position;
        let text = || String::from_utf8_lossy(&token.text);
        let term = match token.kind {
            TokenKind::Identifier => {
                if !(self.is_function)(&text()) {
                    return Err(self.error(format!("function {} not defined", quote::quoted(&token.text))));
                }
                Term::Identifier(text().into())
            }
            TokenKind::Dot => Term::Dot,
            TokenKind::Nil => Term::Nil,
            TokenKind::Variable => self.variable(&text())?,
            TokenKind::Field => Term::Field(vec![field_name(&token)]),
            TokenKind::Bool => Term::Bool(&*token.text == b"true"),
            TokenKind::CharConstant | TokenKind::Complex | TokenKind::Number => self.number(&token)?,
            TokenKind::LeftParen => {
                let pipe =
                    self.nested(|parser| parser.pipeline("parenthesized pipeline", TokenKind::RightParen))?;
                return Ok(Some(Operand {
                    position: pipe.position,
                    term: Term::Pipe(Box::new(pipe)),
                }));
            }
            TokenKind::String | TokenKind::RawString => Term::String {
                literal: Str::from(&*token.text),
                value: self.unquote(&token)?,
            },
            _ => {
                self.give_back(token);
                return Ok(None);
            }
        };
        Ok(Some(Operand { position, term }))
    }

    fn variable(&self, name: &str) -> Parsed<Term> {
        match self.scope.variables.iter().find(|known| &***known == name) {
            Some(known) => Ok(Term::Variable {
                name: Arc::clone(known),
                fields: Vec::new(),
            }),
            None => Err(self.error(format!("undefined variable {}", quote::quoted(name.as_bytes())))),
        }
    }

    fn number(&self, token: &Token<'_>) -> Parsed<Term> {
        let text = String::from_utf8_lossy(&token.text);
        let number = match token.kind {
            TokenKind::CharConstant => Number::character(&token.text),
            TokenKind::Complex => Number::complex(&text),
            _ => Number::plain(&text),
        };
        number.map(Term::Number).map_err(|message| self.error(message))
    }
}

/// The name after the dot.
fn field_name(token: &Token<'_>) -> Arc<str> {
    String::from_utf8_lossy(token.text.get(1..).unwrap_or_default()).into()
}
