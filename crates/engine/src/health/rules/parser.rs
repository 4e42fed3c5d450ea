use std::iter::Peekable;
use std::vec;

use serde_json::Value;

use super::expression::{Each, Expression, GivenHealth, Operator, Pattern, Piece, Question, Rule, Step};
use super::functions::Function;
use super::lexer::{Token, tokens};
use crate::health::Health;

/// Reads a file of rules; an error names the line.
pub(super) fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let lines = lines(text)?;
    let mut rules = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((first, after)) = rest.split_first() {
        let header = first
            .text
            .strip_prefix("rule ")
            .ok_or_else(|| first.error("expected a rule"))?;
        let patterns = header
            .split(',')
            .map(|name| pattern(name).ok_or_else(|| first.error("expected group/Kind")));
        let patterns = patterns.collect::<Result<_, _>>()?;
        let length = after.iter().take_while(|line| line.indent > 0).count();
        let (mut body, after) = after.split_at(length);
        let mut deleting = None;
        if let Some((line, others)) = body.split_first()
            && let Some(message) = line.text.strip_prefix("deleting ")
        {
            deleting = Some(line.parse(message, Parser::expression)?);
            body = others;
        }
        rules.push(Rule {
            patterns,
            deleting,
            steps: steps(body)?,
        });
        rest = after;
    }
    Ok(rules)
}

struct Line<'a> {
    number: usize,
    indent: usize,
    text: &'a str,
}

impl Line<'_> {
    fn error(&self, problem: impl AsRef<str>) -> String {
        format!("line {}: {}", self.number, problem.as_ref())
    }

    /// Parses all of a text by one rule of the grammar.
    fn parse<T>(&self, text: &str, read: fn(&mut Parser) -> Result<T, String>) -> Result<T, String> {
        let mut parser = Parser::new(text).map_err(|problem| self.error(problem))?;
        let parsed = read(&mut parser).map_err(|problem| self.error(problem))?;
        match parser.tokens.peek() {
            None => Ok(parsed),
            Some(token) => Err(self.error(format!("unexpected {token:?}"))),
        }
    }
}

fn lines(text: &str) -> Result<Vec<Line<'_>>, String> {
    let numbered = text.lines().zip(1..).filter(|(line, _)| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    });
    numbered
        .map(|(line, number)| {
            let text = line.trim();
            let spaces = line.len() - line.trim_start().len();
            let line = Line {
                number,
                indent: spaces / 2,
                text,
            };
            if spaces % 2 == 0 {
                Ok(line)
            } else {
                Err(line.error("indentation is by two spaces"))
            }
        })
        .collect()
}

fn pattern(name: &str) -> Option<Pattern> {
    let (group, kind) = name.trim().split_once('/')?;
    Some(Pattern {
        group: group.to_owned(),
        kind: kind.to_owned(),
    })
}

/// The steps of a block, all of whose lines are indented at least as far as the first.
fn steps(lines: &[Line<'_>]) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut rest = lines;
    while let Some((line, after)) = rest.split_first() {
        let length = after
            .iter()
            .take_while(|below| below.indent > line.indent)
            .count();
        let (block, after) = after.split_at(length);
        steps.push(step(line, block)?);
        rest = after;
    }
    Ok(steps)
}

fn step(line: &Line<'_>, block: &[Line<'_>]) -> Result<Step, String> {
    let scan = |steps| Step::For {
        name: "c".to_owned(),
        list: conditions(),
        steps,
    };
    if line.text == "scan" {
        return Ok(scan(steps(block)?));
    }
    let (keyword, rest) = line.text.split_once(' ').unwrap_or((line.text, ""));
    match keyword {
        "scan" => return Ok(scan(vec![line.parse(rest, Parser::give)?])),
        "if" => {
            return Ok(Step::If {
                when: line.parse(rest, Parser::expression)?,
                steps: steps(block)?,
            });
        }
        "for" => {
            let (name, list) = rest
                .split_once(" in ")
                .ok_or_else(|| line.error("expected for <name> in <list>"))?;
            let list = line.parse(list, Parser::expression)?;
            return Ok(Step::For {
                name: name.trim().to_owned(),
                list,
                steps: steps(block)?,
            });
        }
        "let" => {
            let (name, value) = rest
                .split_once('=')
                .ok_or_else(|| line.error("expected let <name> = <value>"))?;
            let value = line.parse(value, Parser::expression)?;
            return Ok(Step::Let {
                name: name.trim().to_owned(),
                value,
            });
        }
        _ => {}
    }
    if block.is_empty() {
        line.parse(line.text, Parser::give)
    } else {
        Err(line.error("nothing may be below this"))
    }
}

fn conditions() -> Expression {
    Expression::Path("status".to_owned(), vec!["conditions".to_owned()])
}

/// Operators from the weakest to the strongest.
const PRECEDENCE: &[&[(&str, Operator)]] = &[
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[
        ("==", Operator::Equal),
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("in", Operator::In),
    ],
    &[("??", Operator::Otherwise)],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
];

const QUESTIONS: &[(&str, Question)] = &[
    ("any", Question::Any),
    ("all", Question::All),
    ("count", Question::Count),
    ("first", Question::First),
    ("last", Question::Last),
    ("sum", Question::Sum),
    ("join", Question::Join),
];

struct Parser {
    tokens: Peekable<vec::IntoIter<Token>>,
}

impl Parser {
    fn new(text: &str) -> Result<Self, String> {
        Ok(Self {
            tokens: tokens(text)?.into_iter().peekable(),
        })
    }

    /// `[<condition>] -> <health> [<message>]`.
    fn give(&mut self) -> Result<Step, String> {
        let when = if self.take("->") {
            None
        } else {
            let when = self.expression()?;
            self.expect("->")?;
            Some(when)
        };
        let health = if self.take("(") {
            let computed = self.expression()?;
            self.expect(")")?;
            GivenHealth::Computed(computed)
        } else {
            let name = self.name()?;
            GivenHealth::Named(Health::from_word(&name).ok_or_else(|| format!("{name} is no health"))?)
        };
        let message = self
            .tokens
            .peek()
            .is_some()
            .then(|| self.expression())
            .transpose()?;
        Ok(Step::Give {
            when,
            health,
            message,
        })
    }

    fn expression(&mut self) -> Result<Expression, String> {
        self.binary(0)
    }

    fn binary(&mut self, level: usize) -> Result<Expression, String> {
        let Some(operators) = PRECEDENCE.get(level) else {
            return self.unary();
        };
        let mut left = self.binary(level + 1)?;
        while let Some((_, operator)) = operators.iter().find(|(text, _)| self.take(text)) {
            let right = self.binary(level + 1)?;
            left = Expression::Binary(*operator, Box::new((left, right)));
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expression, String> {
        if self.take("not") {
            return Ok(Expression::Not(Box::new(self.unary()?)));
        }
        let inner = self.primary()?;
        let fields = self.fields()?;
        Ok(if fields.is_empty() {
            inner
        } else {
            Expression::Member(Box::new(inner), fields)
        })
    }

    fn primary(&mut self) -> Result<Expression, String> {
        match self.tokens.next() {
            Some(Token::Number(number)) => Ok(Expression::Literal(number.into())),
            Some(Token::Text(text)) if self.take("=") => Ok(Expression::Condition(text, self.name()?)),
            Some(Token::Text(text)) => interpolated(&text),
            Some(Token::Symbol("(")) => {
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(Token::Symbol("[")) => {
                let mut items = Vec::new();
                while !self.take("]") {
                    items.push(self.expression()?);
                    self.take(",");
                }
                Ok(Expression::List(items))
            }
            Some(Token::Name(name)) => self.named(name),
            other => Err(format!("expected an expression, found {other:?}")),
        }
    }

    fn named(&mut self, name: String) -> Result<Expression, String> {
        match name.as_str() {
            "true" => return Ok(Expression::Literal(true.into())),
            "false" => return Ok(Expression::Literal(false.into())),
            "null" => return Ok(Expression::Literal(Value::Null)),
            _ => {}
        }
        if self.take("=") {
            return Ok(Expression::Condition(name, self.name()?));
        }
        if self.take("(") {
            if let Some((_, question)) = QUESTIONS.iter().find(|(text, _)| *text == name) {
                return self.each(*question);
            }
            return self.call(&name);
        }
        Ok(Expression::Path(name, self.fields()?))
    }

    /// `.name` and `["name"]`, as often as they come.
    fn fields(&mut self) -> Result<Vec<String>, String> {
        let mut fields = Vec::new();
        loop {
            if self.take(".") {
                fields.push(self.name()?);
            } else if self.take("[") {
                fields.push(self.field()?);
                self.expect("]")?;
            } else {
                return Ok(fields);
            }
        }
    }

    /// What may stand between brackets: a text or a number.
    fn field(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(text),
            Some(Token::Number(number)) => Ok(number.to_string()),
            other => Err(format!("expected a field, found {other:?}")),
        }
    }

    fn each(&mut self, question: Question) -> Result<Expression, String> {
        let separator = (question == Question::Join)
            .then(|| self.expression())
            .transpose()?;
        if separator.is_some() {
            self.expect(",")?;
        }
        let name = self.name()?;
        if !self.take("in") {
            return Err("expected in".to_owned());
        }
        let list = self.binary(3)?;
        let when = self.take(":").then(|| self.expression()).transpose()?;
        let yields = self.take("=>").then(|| self.expression()).transpose()?;
        self.expect(")")?;
        Ok(Expression::Each(Box::new(Each {
            question,
            separator,
            name,
            list,
            when,
            yields,
        })))
    }

    fn call(&mut self, name: &str) -> Result<Expression, String> {
        let (function, expected) =
            Function::named(name).ok_or_else(|| format!("there is no function {name}"))?;
        let mut arguments = Vec::new();
        while !self.take(")") {
            arguments.push(self.expression()?);
            self.take(",");
        }
        if arguments.len() != expected {
            return Err(format!(
                "{name} takes {expected} arguments, found {}",
                arguments.len()
            ));
        }
        Ok(Expression::Call(function, arguments))
    }

    fn name(&mut self) -> Result<String, String> {
        match self.tokens.next() {
            Some(Token::Name(name)) => Ok(name),
            other => Err(format!("expected a name, found {other:?}")),
        }
    }

    /// Takes a symbol or a word if it comes next.
    fn take(&mut self, wanted: &str) -> bool {
        let next = self.tokens.next_if(|token| match token {
            Token::Symbol(symbol) => *symbol == wanted,
            Token::Name(name) => name == wanted,
            Token::Text(_) | Token::Number(_) => false,
        });
        next.is_some()
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        if self.take(wanted) {
            return Ok(());
        }
        Err(format!("expected {wanted}, found {:?}", self.tokens.peek()))
    }
}

/// A text, with the expressions between its braces.
fn interpolated(text: &str) -> Result<Expression, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('{') {
        let (inner, after) = after.split_once('}').ok_or("a brace is not closed")?;
        pieces.push(Piece::Plain(plain.to_owned()));
        let mut parser = Parser::new(inner)?;
        pieces.push(Piece::Value(parser.expression()?));
        if parser.tokens.peek().is_some() {
            return Err(format!("unexpected {:?} in {inner:?}", parser.tokens.peek()));
        }
        rest = after;
    }
    if pieces.is_empty() {
        return Ok(Expression::Literal(text.into()));
    }
    pieces.push(Piece::Plain(rest.to_owned()));
    Ok(Expression::Text(pieces))
}
