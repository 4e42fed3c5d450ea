//! From text to tree.

mod action;
mod control;
mod lexer;
pub(crate) mod node;
pub(crate) mod number;
mod operand;
mod token;

use std::sync::Arc;

use lexer::Lexer;
use node::{Block, Statement};
use token::{Token, TokenKind};

use crate::value::Str;

/// How deep control structures and parentheses may nest.
const DEEPEST: usize = 1_000;

/// A template does not parse; the text is Go's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("template: {name}:{line}: {message}")]
pub struct ParseError {
    /// Name of the template.
    pub name: String,
    /// Line of the last token read.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl ParseError {
    /// The same without what the template holds, which may be secret: what is quoted is left out.
    pub fn outline(&self) -> String {
        const QUOTES: [char; 3] = ['"', '\'', '`'];
        let Self { name, line, message } = self;
        match (message.find(QUOTES), message.rfind(QUOTES)) {
            (Some(first), Some(last)) => {
                let (before, after) = (&message[..=first], &message[last..]);
                format!("template: {name}:{line}: {before}…{after}")
            }
            _ => self.to_string(),
        }
    }
}

/// One definition: a tree, its name, and the text that its positions refer to.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) name: Str,
    pub(crate) source: Arc<Source>,
    pub(crate) root: Block,
}

/// The text of a file and the name it was parsed under.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: Vec<u8>,
    /// Whether the text is a value that a template was given, so that its names may be as secret as any value.
    pub(crate) is_data: bool,
}

impl Source {
    /// Line, from one, and column, from zero, of a byte offset.
    pub(crate) fn line_and_column(&self, position: usize) -> (usize, usize) {
        let before = &self.text[..position.min(self.text.len())];
        let column = before.iter().rev().take_while(|&&byte| byte != b'\n').count();
        (1 + memchr::memchr_iter(b'\n', before).count(), column)
    }
}

/// Parses a file into its definitions; the file itself is one of them, under its own name.
pub(crate) fn parse(
    name: &str,
    text: &[u8],
    is_data: bool,
    is_function: &dyn Fn(&str) -> bool,
) -> Result<Vec<Tree>, ParseError> {
    let source = Arc::new(Source {
        name: name.to_owned(),
        text: text.to_vec(),
        is_data,
    });
    let loop_keywords = !is_function("break") && !is_function("continue");
    let mut parser = Parser {
        source: &source,
        lexer: Lexer::new(&source.text, loop_keywords),
        is_function,
        pushed_back: Vec::new(),
        last_line: 0,
        depth: 0,
        scope: Scope::default(),
        trees: Vec::new(),
    };
    parser.file()?;
    Ok(parser.trees)
}

type Parsed<T> = Result<T, ParseError>;

/// What belongs to the definition that is being parsed.
struct Scope {
    variables: Vec<Arc<str>>,
    loops: usize,
    action_line: usize,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            variables: vec!["$".into()],
            loops: 0,
            action_line: 0,
        }
    }
}

struct Parser<'p> {
    source: &'p Arc<Source>,
    lexer: Lexer<'p>,
    is_function: &'p dyn Fn(&str) -> bool,
    /// Tokens read and given back, the next one last.
    pushed_back: Vec<Token<'p>>,
    /// Line of the last token that the lexer gave.
    last_line: usize,
    depth: usize,
    scope: Scope,
    trees: Vec<Tree>,
}

impl<'p> Parser<'p> {
    fn file(&mut self) -> Parsed<()> {
        let mut root = Block {
            position: self.peek().position,
            statements: Vec::new(),
        };
        while self.peek().kind != TokenKind::Eof {
            if self.peek().kind == TokenKind::LeftDelimiter {
                let delimiter = self.next();
                let token = self.next_non_space();
                if token.kind == TokenKind::Define {
                    self.in_new_scope(Self::definition)?;
                    continue;
                }
                self.give_back(token);
                self.give_back(delimiter);
            }
            match self.text_or_action()? {
                Item::Statement(statement) => root.statements.push(statement),
                ending => return Err(self.error(format!("unexpected {}", ending.text()))),
            }
        }
        self.add(Str::from(self.source.name.as_str()), root)
    }

    fn definition(&mut self) -> Parsed<()> {
        let context = "define clause";
        let token = self.next_non_space();
        let name = self.template_name(&token, context)?;
        self.expect(TokenKind::RightDelimiter, context)?;
        let (root, ending) = self.block()?;
        if !matches!(ending, Item::End) {
            return Err(self.error(format!("unexpected {} in {context}", ending.text())));
        }
        self.add(name, root)
    }

    /// Runs with the variables and loops of a definition of its own.
    fn in_new_scope<T>(&mut self, run: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let outer = std::mem::take(&mut self.scope);
        let result = run(self);
        self.scope = outer;
        result
    }

    /// Keeps a definition. A blank one gives way to any other; two others are one too many.
    fn add(&mut self, name: Str, root: Block) -> Parsed<()> {
        let tree = Tree {
            name,
            source: Arc::clone(self.source),
            root,
        };
        match self.trees.iter_mut().find(|other| other.name == tree.name) {
            None => self.trees.push(tree),
            Some(other) if other.root.is_blank() => *other = tree,
            Some(_) if tree.root.is_blank() => {}
            Some(_) => {
                let name = crate::text::quote::quoted(&tree.name);
                return Err(self.error(format!("template: multiple definition of template {name}")));
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Token<'p> {
        self.pushed_back.pop().unwrap_or_else(|| {
            let token = self.lexer.next_token();
            self.last_line = token.line;
            token
        })
    }

    fn give_back(&mut self, token: Token<'p>) {
        self.pushed_back.push(token);
    }

    fn peek(&mut self) -> &Token<'p> {
        if self.pushed_back.is_empty() {
            let token = self.next();
            self.give_back(token);
        }
        &self.pushed_back[self.pushed_back.len() - 1]
    }

    fn next_non_space(&mut self) -> Token<'p> {
        loop {
            let token = self.next();
            if token.kind != TokenKind::Space {
                return token;
            }
        }
    }

    fn peek_non_space(&mut self) -> &Token<'p> {
        let token = self.next_non_space();
        self.give_back(token);
        self.peek()
    }

    fn expect(&mut self, kind: TokenKind, context: &str) -> Parsed<Token<'p>> {
        let token = self.next_non_space();
        if token.kind == kind {
            Ok(token)
        } else {
            Err(self.unexpected(&token, context))
        }
    }

    fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError {
            name: self.source.name.clone(),
            line: self.last_line,
            message: message.into(),
        }
    }

    fn unexpected(&self, token: &Token<'_>, context: &str) -> ParseError {
        if token.kind != TokenKind::Error {
            return self.error(format!("unexpected {token} in {context}"));
        }
        let started = self.scope.action_line;
        if started == 0 || started == token.line {
            return self.error(token.to_string());
        }
        // "unclosed action" needs no second "in action"
        let within = if token.text.ends_with(b" action") {
            ""
        } else {
            " in action"
        };
        self.error(format!(
            "{token}{within} started at {}:{started}",
            self.source.name
        ))
    }

    /// Goes one level deeper for the time of a call.
    fn nested<T>(&mut self, run: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return Err(self.error("max expression depth exceeded"));
        }
        self.depth += 1;
        let result = crate::exec::stacked(|| run(self));
        self.depth -= 1;
        result
    }
}

/// What stands at one place of a block.
enum Item {
    Statement(Statement),
    End,
    Else { position: usize },
}

impl Item {
    fn text(&self) -> &'static str {
        match self {
            Self::Else { .. } => "{{else}}",
            _ => "{{end}}",
        }
    }
}
