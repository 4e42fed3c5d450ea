use serde_json::Value;

use super::functions::Function;
use crate::health::Health;

/// Group and kind as a rule names them; `*` stands for any text.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) group: String,
    pub(super) kind: String,
}

/// A rule as it was parsed.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) patterns: Vec<Pattern>,
    pub(super) deleting: Option<Expression>,
    pub(super) steps: Vec<Step>,
}

/// One step of a rule.
#[derive(Debug)]
pub(super) enum Step {
    Give {
        when: Option<Expression>,
        health: GivenHealth,
        message: Option<Expression>,
    },
    If {
        when: Expression,
        steps: Vec<Self>,
    },
    For {
        name: String,
        list: Expression,
        steps: Vec<Self>,
    },
    Let {
        name: String,
        value: Expression,
    },
}

/// The health of a verdict: named, or computed from the object.
#[derive(Debug)]
pub(super) enum GivenHealth {
    Named(Health),
    Computed(Expression),
}

/// An expression; it has a value for every object, in doubt `null`.
#[derive(Debug)]
pub(super) enum Expression {
    Literal(Value),
    Text(Vec<Piece>),
    /// A name, of a variable or of a field of the object, and the fields below it.
    Path(String, Vec<String>),
    List(Vec<Self>),
    /// Fields of what another expression gives.
    Member(Box<Self>, Vec<String>),
    Not(Box<Self>),
    Binary(Operator, Box<(Self, Self)>),
    /// `Type=Status`, said of the condition `c`.
    Condition(String, String),
    Each(Box<Each>),
    Call(Function, Vec<Self>),
}

/// A part of a text.
#[derive(Debug)]
pub(super) enum Piece {
    Plain(String),
    Value(Expression),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Otherwise,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Plus,
    Minus,
}

/// What is asked of the items of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Any,
    All,
    Count,
    First,
    Last,
    Sum,
    Join,
}

/// `any(name in list: when => yields)`.
#[derive(Debug)]
pub(super) struct Each {
    pub(super) question: Question,
    /// Between the texts of a `join`.
    pub(super) separator: Option<Expression>,
    pub(super) name: String,
    pub(super) list: Expression,
    pub(super) when: Option<Expression>,
    pub(super) yields: Option<Expression>,
}
