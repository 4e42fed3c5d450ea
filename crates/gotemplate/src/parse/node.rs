//! The tree of a parsed template. Nodes print as Go prints them in error texts; in the alternate form without their
//! constants and the texts between actions, for those who must not see what a file holds.

use std::fmt;
use std::sync::Arc;

use super::number::Number;
use crate::text::quote;
use crate::value::Str;

/// What stands for what the alternate form leaves out.
const LEFT_OUT: &str = "…";

/// A part of the tree that can be named in an error: its place and, through `Display`, its text.
pub(crate) trait Syntax: fmt::Display {
    /// Byte offset in the text.
    fn position(&self) -> usize;
}

/// A sequence of statements.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) position: usize,
    pub(crate) statements: Vec<Statement>,
}

/// What stands between texts, and the texts.
#[derive(Debug)]
pub(crate) enum Statement {
    Text { position: usize, text: Str },
    Action { position: usize, pipe: Pipe },
    Branch(Branch),
    Template(Invocation),
    Break { position: usize },
    Continue { position: usize },
}

/// Which control structure a branch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BranchKind {
    If,
    Range,
    With,
}

/// `if`, `range` or `with`.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) kind: BranchKind,
    pub(crate) pipe: Pipe,
    pub(crate) body: Block,
    pub(crate) otherwise: Option<Block>,
}

/// `{{template "name" pipe}}`
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) position: usize,
    pub(crate) name: Str,
    pub(crate) pipe: Option<Pipe>,
}

/// Commands joined by `|`, perhaps kept in variables.
#[derive(Debug)]
pub(crate) struct Pipe {
    pub(crate) position: usize,
    pub(crate) assigns: bool,
    pub(crate) variables: Vec<Arc<str>>,
    pub(crate) commands: Vec<Command>,
}

/// A function or value with its arguments.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) position: usize,
    pub(crate) words: Vec<Operand>,
}

/// One word of a command.
#[derive(Debug)]
pub(crate) struct Operand {
    pub(crate) position: usize,
    pub(crate) term: Term,
}

/// What a word is.
#[derive(Debug)]
pub(crate) enum Term {
    Bool(bool),
    Dot,
    Nil,
    Number(Number),
    String {
        literal: Str,
        value: Str,
    },
    Identifier(Arc<str>),
    Field(Vec<Arc<str>>),
    Variable {
        name: Arc<str>,
        fields: Vec<Arc<str>>,
    },
    Chain {
        base: Box<Operand>,
        fields: Vec<Arc<str>>,
    },
    Pipe(Box<Pipe>),
}

impl Block {
    /// Whether nothing but white space is in it: such a definition does not replace another.
    pub(crate) fn is_blank(&self) -> bool {
        self.statements.iter().all(|statement| match statement {
            Statement::Text { text, .. } => String::from_utf8_lossy(text).trim().is_empty(),
            _ => false,
        })
    }
}

macro_rules! syntax {
    ($($node:ty),*) => {
        $(impl Syntax for $node {
            fn position(&self) -> usize {
                self.position
            }
        })*
    };
}

syntax!(Block, Invocation, Pipe, Command, Operand);

impl Syntax for Statement {
    fn position(&self) -> usize {
        match self {
            Self::Text { position, .. }
            | Self::Action { position, .. }
            | Self::Break { position }
            | Self::Continue { position } => *position,
            Self::Branch(branch) => branch.position(),
            Self::Template(invocation) => invocation.position,
        }
    }
}

impl Syntax for Branch {
    fn position(&self) -> usize {
        self.pipe.position
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return f.write_str(LEFT_OUT);
        }
        self.statements.iter().try_for_each(|statement| statement.fmt(f))
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { .. } if f.alternate() => f.write_str(LEFT_OUT),
            Self::Text { text, .. } => f.write_str(&text.to_text()),
            Self::Action { pipe, .. } => {
                f.write_str("{{")?;
                pipe.fmt(f)?;
                f.write_str("}}")
            }
            Self::Branch(branch) => branch.fmt(f),
            Self::Template(invocation) => invocation.fmt(f),
            Self::Break { .. } => f.write_str("{{break}}"),
            Self::Continue { .. } => f.write_str("{{continue}}"),
        }
    }
}

impl fmt::Display for Branch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keyword = match self.kind {
            BranchKind::If => "if",
            BranchKind::Range => "range",
            BranchKind::With => "with",
        };
        write!(f, "{{{{{keyword} ")?;
        self.pipe.fmt(f)?;
        f.write_str("}}")?;
        self.body.fmt(f)?;
        if let Some(otherwise) = &self.otherwise {
            f.write_str("{{else}}")?;
            otherwise.fmt(f)?;
        }
        f.write_str("{{end}}")
    }
}

impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{{template {}", quote::quoted(&self.name))?;
        if let Some(pipe) = &self.pipe {
            f.write_str(" ")?;
            pipe.fmt(f)?;
        }
        f.write_str("}}")
    }
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            write!(
                f,
                "{} {} ",
                self.variables.join(", "),
                if self.assigns { "=" } else { ":=" }
            )?;
        }
        for (at, command) in self.commands.iter().enumerate() {
            f.write_str(if at > 0 { " | " } else { "" })?;
            command.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, word) in self.words.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            word.fmt_nested(f)?;
        }
        Ok(())
    }
}

impl Operand {
    /// A pipeline within a command stands in parentheses.
    fn fmt_nested(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Term::Pipe(pipe) = &self.term {
            f.write_str("(")?;
            fmt::Display::fmt(pipe, f)?;
            f.write_str(")")
        } else {
            fmt::Display::fmt(self, f)
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dotted = |f: &mut fmt::Formatter<'_>, fields: &[Arc<str>]| {
            fields.iter().try_for_each(|field| write!(f, ".{field}"))
        };
        match &self.term {
            Term::Bool(value) => write!(f, "{value}"),
            Term::Dot => f.write_str("."),
            Term::Nil => f.write_str("nil"),
            Term::Number(_) | Term::String { .. } if f.alternate() => f.write_str(LEFT_OUT),
            Term::Number(number) => f.write_str(&number.text),
            Term::String { literal, .. } => f.write_str(&literal.to_text()),
            Term::Identifier(name) => f.write_str(name),
            Term::Field(fields) => dotted(f, fields),
            Term::Variable { name, fields } => {
                f.write_str(name)?;
                dotted(f, fields)
            }
            Term::Chain { base, fields } => {
                base.fmt_nested(f)?;
                dotted(f, fields)
            }
            Term::Pipe(pipe) => pipe.fmt(f),
        }
    }
}
