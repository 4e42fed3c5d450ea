//! Statements and control structures.

use super::node::{Block, Branch, BranchKind, Invocation, Pipe, Statement};
use super::token::{Token, TokenKind};
use super::{Item, Parsed, Parser};
use crate::text::quote;
use crate::value::Str;

impl Parser<'_> {
    /// Statements up to `end` or `else`, which is returned too.
    pub(super) fn block(&mut self) -> Parsed<(Block, Item)> {
        let mut block = Block {
            position: self.peek_non_space().position,
            statements: Vec::new(),
        };
        while self.peek_non_space().kind != TokenKind::Eof {
            match self.text_or_action()? {
                Item::Statement(statement) => block.statements.push(statement),
                ending => return Ok((block, ending)),
            }
        }
        Err(self.error("unexpected EOF"))
    }

    pub(super) fn text_or_action(&mut self) -> Parsed<Item> {
        let token = self.next_non_space();
        match token.kind {
            TokenKind::Text => {
                let text = Str::from(&*token.text);
                Ok(Item::Statement(Statement::Text {
                    position: token.position,
                    text,
                }))
            }
            TokenKind::LeftDelimiter => {
                self.scope.action_line = token.line;
                let item = self.action();
                if item.is_ok() {
                    self.scope.action_line = 0;
                }
                item
            }
            _ => Err(self.unexpected(&token, "input")),
        }
    }

    fn action(&mut self) -> Parsed<Item> {
        let token = self.next_non_space();
        let statement = match token.kind {
            TokenKind::Block => Statement::Template(self.nested(Self::block_control)?),
            TokenKind::Break => {
                self.loop_control("break")?;
                Statement::Break {
                    position: token.position,
                }
            }
            TokenKind::Continue => {
                self.loop_control("continue")?;
                Statement::Continue {
                    position: token.position,
                }
            }
            TokenKind::Else => return self.else_control(),
            TokenKind::End => {
                self.expect(TokenKind::RightDelimiter, "end")?;
                return Ok(Item::End);
            }
            TokenKind::If => self.branch(BranchKind::If)?,
            TokenKind::Range => self.branch(BranchKind::Range)?,
            TokenKind::With => self.branch(BranchKind::With)?,
            TokenKind::Template => Statement::Template(self.template_control()?),
            _ => {
                let position = token.position;
                self.give_back(token);
                let pipe = self.pipeline("command", TokenKind::RightDelimiter)?;
                Statement::Action { position, pipe }
            }
        };
        Ok(Item::Statement(statement))
    }

    fn loop_control(&mut self, keyword: &str) -> Parsed<()> {
        let token = self.next_non_space();
        if token.kind != TokenKind::RightDelimiter {
            return Err(self.unexpected(&token, &format!("{{{{{keyword}}}}}")));
        }
        if self.scope.loops == 0 {
            return Err(self.error(format!("{{{{{keyword}}}}} outside {{{{range}}}}")));
        }
        Ok(())
    }

    fn else_control(&mut self) -> Parsed<Item> {
        let next = self.peek_non_space();
        if matches!(next.kind, TokenKind::If | TokenKind::With) {
            return Ok(Item::Else {
                position: next.position,
            });
        }
        let token = self.expect(TokenKind::RightDelimiter, "else")?;
        Ok(Item::Else {
            position: token.position,
        })
    }

    fn branch(&mut self, kind: BranchKind) -> Parsed<Statement> {
        let variables = self.scope.variables.len();
        let branch = self.nested(|parser| parser.branch_parts(kind))?;
        self.scope.variables.truncate(variables);
        Ok(Statement::Branch(branch))
    }

    fn branch_parts(&mut self, kind: BranchKind) -> Parsed<Branch> {
        let (context, chained) = match kind {
            BranchKind::If => ("if", Some(TokenKind::If)),
            BranchKind::With => ("with", Some(TokenKind::With)),
            BranchKind::Range => ("range", None),
        };
        let pipe = self.pipeline(context, TokenKind::RightDelimiter)?;
        let looping = usize::from(kind == BranchKind::Range);
        self.scope.loops += looping;
        let (body, ending) = self.block()?;
        self.scope.loops -= looping;
        let otherwise = match ending {
            Item::Else { position } => Some(self.otherwise(kind, chained, position)?),
            _ => None,
        };
        Ok(Branch {
            kind,
            pipe,
            body,
            otherwise,
        })
    }

    /// What follows `else`: the same structure again, which then ends both, or a block.
    fn otherwise(&mut self, kind: BranchKind, chained: Option<TokenKind>, position: usize) -> Parsed<Block> {
        if chained == Some(self.peek().kind) {
            self.next();
            return Ok(Block {
                position,
                statements: vec![self.branch(kind)?],
            });
        }
        let (block, ending) = self.block()?;
        if !matches!(ending, Item::End) {
            return Err(self.error(format!("expected end; found {}", ending.text())));
        }
        Ok(block)
    }

    fn block_control(&mut self) -> Parsed<Invocation> {
        let context = "block clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let pipe = self.pipeline(context, TokenKind::RightDelimiter)?;
        let defined = name.clone();
        self.in_new_scope(|parser| {
            let (root, ending) = parser.block()?;
            if !matches!(ending, Item::End) {
                return Err(parser.error(format!("unexpected {} in {context}", ending.text())));
            }
            parser.add(defined, root)
        })?;
        Ok(Invocation {
            position: token.position,
            name,
            pipe: Some(pipe),
        })
    }

    fn template_control(&mut self) -> Parsed<Invocation> {
        let context = "template clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        let next = self.next_non_space();
        let pipe = if next.kind == TokenKind::RightDelimiter {
            None
        } else {
            self.give_back(next);
            Some(self.pipeline(context, TokenKind::RightDelimiter)?)
        };
        Ok(Invocation {
            position: token.position,
            name,
            pipe,
        })
    }

    pub(super) fn template_name(&self, token: &Token<'_>, context: &str) -> Parsed<Str> {
        if !matches!(token.kind, TokenKind::String | TokenKind::RawString) {
            return Err(self.unexpected(token, context));
        }
        self.unquote(token)
    }

    pub(super) fn unquote(&self, token: &Token<'_>) -> Parsed<Str> {
        quote::unquote(&token.text)
            .map(Str::from)
            .ok_or_else(|| self.error("invalid syntax"))
    }

    /// Commands up to the closing token.
    pub(super) fn pipeline(&mut self, context: &str, end: TokenKind) -> Parsed<Pipe> {
        let position = self.peek_non_space().position;
        let mut pipe = Pipe {
            position,
            assigns: false,
            variables: Vec::new(),
            commands: Vec::new(),
        };
        self.declarations(&mut pipe, context)?;
        loop {
            let token = self.next_non_space();
            match token.kind {
                kind if kind == end => {
                    self.check_pipeline(&pipe, context)?;
                    return Ok(pipe);
                }
                TokenKind::Bool
                | TokenKind::CharConstant
                | TokenKind::Complex
                | TokenKind::Dot
                | TokenKind::Field
                | TokenKind::Identifier
                | TokenKind::Number
                | TokenKind::Nil
                | TokenKind::RawString
                | TokenKind::String
                | TokenKind::Variable
                | TokenKind::LeftParen => {
                    self.give_back(token);
                    pipe.commands.push(self.command()?);
                }
                _ => return Err(self.unexpected(&token, context)),
            }
        }
    }

    /// `$x :=`, `$x =` and, in a range, `$i, $x :=`.
    fn declarations(&mut self, pipe: &mut Pipe, context: &str) -> Parsed<()> {
        while self.peek_non_space().kind == TokenKind::Variable {
            let variable = self.next();
            let after = self.peek().clone();
            let next = self.peek_non_space();
            let comma = next.kind == TokenKind::Char && *next.text == *b",";
            if !comma && !matches!(next.kind, TokenKind::Assign | TokenKind::Declare) {
                // an operand: the space after it belongs to the command
                if after.kind == TokenKind::Space {
                    self.give_back(after);
                }
                self.give_back(variable);
                return Ok(());
            }
            if !comma {
                pipe.assigns = next.kind == TokenKind::Assign;
            }
            self.next_non_space();
            let name: std::sync::Arc<str> = String::from_utf8_lossy(&variable.text).into();
            pipe.variables.push(name.clone());
            self.scope.variables.push(name);
            if !comma {
                return Ok(());
            }
            if context != "range" || pipe.variables.len() >= 2 {
                return Err(self.error(format!("too many declarations in {context}")));
            }
            let next = self.peek_non_space().kind;
            if !matches!(
                next,
                TokenKind::Variable | TokenKind::RightDelimiter | TokenKind::RightParen
            ) {
                return Err(self.error("range can only initialize variables"));
            }
        }
        Ok(())
    }

    fn check_pipeline(&self, pipe: &Pipe, context: &str) -> Parsed<()> {
        if pipe.commands.is_empty() {
            return Err(self.error(format!("missing value for {context}")));
        }
        let stage = pipe
            .commands
            .iter()
            .skip(1)
            .position(|command| command.words[0].is_constant());
        match stage {
            Some(stage) => Err(self.error(format!("non executable command in pipeline stage {}", stage + 2))),
            None => Ok(()),
        }
    }
}
