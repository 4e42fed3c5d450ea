//! `$(NAME)` in texts.

/// What a var stands for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum VarValue {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// A list or a map: it cannot be put into a text, and the reference stays.
    Unfit,
}

/// A text with its references replaced, or the value itself when it is nothing but one reference.
pub(super) fn expand(text: &str, value: &mut dyn FnMut(&str) -> Option<VarValue>) -> VarValue {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let after = &rest[at + 1..];
        if after.is_empty() {
            break;
        }
        out.push_str(&rest[..at]);
        let (piece, length) = read(after);
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name(name) => {
                let found = value(name).filter(|value| *value != VarValue::Unfit);
                let whole = text.len() == name.len() + 3;
                match found {
                    Some(value) if whole => return value,
                    Some(value) => out.push_str(&value.text()),
                    None => {
                        out.push_str("$(");
                        out.push_str(name);
                        out.push(')');
                    }
                }
            }
        }
        rest = &after[length..];
    }
    out.push_str(rest);
    VarValue::Text(out)
}

enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// What stands behind a dollar, and how much of it is used up.
fn read(after: &str) -> (Piece<'_>, usize) {
    if after.starts_with('$') {
        return (Piece::Text("$"), 1);
    }
    if let Some(inner) = after.strip_prefix('(') {
        return match inner.find(')') {
            Some(end) => (Piece::Name(&inner[..end]), end + 2),
            None => (Piece::Text("$("), 1),
        };
    }
    // the dollar means nothing here: it stays, and what follows is text again
    (Piece::Text("$"), 0)
}

impl VarValue {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Int(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::Unfit => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> VarValue {
        expand(text, &mut |name| match name {
            "A" => Some(VarValue::Text("a".into())),
            "N" => Some(VarValue::Int(7)),
            _ => None,
        })
    }

    #[test]
    fn references_are_replaced_and_dollars_escaped() {
        for (text, result) in [
            ("$(A)-$(N)", "a-7"),
            ("$$(A) $(B) $", "$(A) $(B) $"),
            ("$x $(A", "$x $(A"),
            ("é$(A)é", "éaé"),
        ] {
            assert_eq!(expanded(text), VarValue::Text(result.into()), "{text}");
        }
        assert_eq!(expanded("$(N)"), VarValue::Int(7));
    }
}
