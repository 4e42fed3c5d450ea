/// The smallest parts of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    /// What stands between quotes, escapes resolved but for braces.
    Text(String),
    Number(i64),
    Symbol(&'static str),
}

/// Longer ones first.
const SYMBOLS: &[&str] = &[
    "->", "=>", "==", "!=", "<=", ">=", "??", "=", "<", ">", "(", ")", "[", "]", ",", ":", ".", "+", "-",
];

/// Splits a line. A `#` outside of a text starts a comment.
pub(super) fn tokens(line: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '#' => break,
            '"' | '\'' => {
                let (text, after) = quoted(&rest[1..], first)?;
                tokens.push(Token::Text(text));
                after
            }
            '0'..='9' => {
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                let number = rest[..end]
                    .parse()
                    .map_err(|_| format!("number {} is too large", &rest[..end]))?;
                tokens.push(Token::Number(number));
                &rest[end..]
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = rest
                    .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                    .unwrap_or(rest.len());
                tokens.push(Token::Name(rest[..end].to_owned()));
                &rest[end..]
            }
            _ => {
                let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
                let symbol = symbol.ok_or_else(|| format!("unexpected {first:?}"))?;
                tokens.push(Token::Symbol(symbol));
                &rest[symbol.len()..]
            }
        }
        .trim_start();
    }
    Ok(tokens)
}

/// The text up to the closing quote, and what follows it.
fn quoted(text: &str, quote: char) -> Result<(String, &str), String> {
    let mut content = String::new();
    let mut characters = text.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, 'n')) => content.push('\n'),
                Some((_, other)) => content.push(other),
                None => break,
            },
            _ if character == quote => return Ok((content, &text[index + quote.len_utf8()..])),
            _ => content.push(character),
        }
    }
    Err("a text is not closed".to_owned())
}
