use std::{borrow::Cow, fmt};

use crate::Reader;

/// A place in a text; both count from 0, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What is wrong with a text, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Error {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, in go-yaml's words.
    pub problem: String,
    /// What Go's tools print.
    go: String,
}

/// Which part of go-yaml would have found the problem; each numbers lines in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Scanner,
    Parser,
}

impl Error {
    /// The text that Go's tools print, with the line as they count it: they name none on the first line, and
    /// v2 and v3 differ.
    pub fn go_text(&self) -> &str {
        &self.go
    }

    /// A problem of the syntax. `context` is where the thing that is being read began, if go-yaml notes it.
    pub(crate) fn syntax(
        reader: Reader,
        stage: Stage,
        context: Option<Mark>,
        place: Mark,
        problem: impl Into<String>,
    ) -> Self {
        let problem = problem.into();
        let line = go_line(reader, stage, context, place);
        let go = match line {
            0 => format!("yaml: {problem}"),
            line => format!("yaml: line {line}: {problem}"),
        };
        Self {
            line: place.line as usize + 1,
            column: place.column as usize + 1,
            problem,
            go,
        }
    }

    /// A problem for which go-yaml names no line.
    pub(crate) fn unplaced(place: Mark, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self {
            line: place.line as usize + 1,
            column: place.column as usize + 1,
            go: format!("yaml: {problem}"),
            problem,
        }
    }

    /// A problem of the way to JSON, which is not go-yaml's.
    pub(crate) fn json(place: Mark, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self {
            line: place.line as usize + 1,
            column: place.column as usize + 1,
            go: problem.clone(),
            problem,
        }
    }

    /// Values that do not fit; `problems` each with its place, at least one.
    pub(crate) fn values(problems: &[(Mark, String)]) -> Self {
        let (place, problem) = problems.first().cloned().unwrap_or_default();
        let mut go = String::from("yaml: unmarshal errors:");
        for (place, problem) in problems {
            let line = place.line + 1;
            go.extend([format!("\n  line {line}: "), problem.clone()]);
        }
        Self {
            line: place.line as usize + 1,
            column: place.column as usize + 1,
            problem,
            go,
        }
    }
}

impl fmt::Display for Error {
    /// Without what the text holds, which may be secret; [`Error::problem`] and [`Error::go_text`] quote it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = without_contents(&self.problem);
        write!(f, "line {}, column {}: {problem}", self.line, self.column)
    }
}

/// A problem without what it quotes. Quoted characters of the syntax, as in `':'`, stay.
fn without_contents(problem: &str) -> Cow<'_, str> {
    const SYNTAX: usize = 3;
    let mut from = 0;
    while let Some((open, quote)) = problem[from..].match_indices(['\'', '"', '`']).next() {
        let start = from + open + 1;
        match problem[start..].find(quote) {
            None => break,
            Some(length) if length <= SYNTAX => from = start + length + 1,
            Some(_) => {
                let end = problem.rfind(quote).unwrap_or(start);
                return Cow::Owned(format!("{}…{}", &problem[..start], &problem[end..]));
            }
        }
    }
    Cow::Borrowed(problem)
}

/// The line that go-yaml prints; 0 for none. A mark on the first line counts as absent there.
fn go_line(reader: Reader, stage: Stage, context: Option<Mark>, place: Mark) -> u32 {
    let context = context.map_or(0, |mark| mark.line);
    let from_one = u32::from(stage == Stage::Scanner);
    match reader {
        Reader::V2 if place.line != 0 => place.line + from_one,
        Reader::V2 => context,
        Reader::V3 if context != 0 => context + from_one,
        Reader::V3 if place.line != 0 => place.line + from_one,
        Reader::V3 => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_left_out() {
        for (problem, shown) in [
            (
                "unknown anchor 's3cret' referenced",
                "unknown anchor '…' referenced",
            ),
            (
                "cannot decode !!str `s3cr't` as a !!int",
                "cannot decode !!str `…` as a !!int",
            ),
            (
                "did not find expected ',' or ']'",
                "did not find expected ',' or ']'",
            ),
        ] {
            assert_eq!(without_contents(problem), shown);
        }
    }
}
