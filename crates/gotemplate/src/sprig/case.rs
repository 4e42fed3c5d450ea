//! Upper and lower case, and names in the fashions of programming languages.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::{Called, Row};
use crate::exec::Context;
use crate::function::{Args, Signature};
use crate::text::rune;
use crate::value::{Type, Value};

const TEXT: Signature = Signature::new(&[Type::String]);

pub(super) const TABLE: &[Row] = &[
    ("upper", TEXT, |_, args| Ok(mapped(args, to_upper))),
    ("lower", TEXT, |_, args| Ok(mapped(args, to_lower))),
    ("title", TEXT, title),
    ("untitle", TEXT, untitle),
    ("swapcase", TEXT, swapcase),
    ("nospace", TEXT, nospace),
    ("initials", TEXT, initials),
    ("camelcase", TEXT, camelcase),
    ("snakecase", TEXT, |_, args| {
        Ok(words::joined(args.str(0), '_').into())
    }),
    ("kebabcase", TEXT, |_, args| {
        Ok(words::joined(args.str(0), '-').into())
    }),
];

fn single(mut runes: impl ExactSizeIterator<Item = char>, rune: char) -> char {
    if runes.len() == 1 {
        runes.next().unwrap_or(rune)
    } else {
        rune
    }
}

/// `unicode.ToUpper`: one rune for one.
fn to_upper(rune: char) -> char {
    single(rune.to_uppercase(), rune)
}

/// `unicode.ToLower`: one rune for one.
fn to_lower(rune: char) -> char {
    if rune == '\u{130}' {
        'i'
    } else {
        single(rune.to_lowercase(), rune)
    }
}

fn mapped(args: &Args, mut change: impl FnMut(char) -> char) -> Value {
    let text = args.str(0);
    let out: String = rune::runes(text).map(|(_, rune, _)| change(rune)).collect();
    out.into()
}

fn is_upper(rune: char) -> bool {
    rune.general_category() == GeneralCategory::UppercaseLetter
}

fn is_lower(rune: char) -> bool {
    rune.general_category() == GeneralCategory::LowercaseLetter
}

/// `strings.Title`
fn title(_: &Context<'_>, args: &Args) -> Called {
    let mut previous = ' ';
    Ok(mapped(args, |rune| {
        let starts = is_separator(std::mem::replace(&mut previous, rune));
        if starts { to_upper(rune) } else { rune }
    }))
}

/// What `strings.Title` takes for the end of a word.
fn is_separator(rune: char) -> bool {
    if rune.is_ascii() {
        return !rune.is_ascii_alphanumeric() && rune != '_';
    }
    rune.is_whitespace()
}

fn untitle(_: &Context<'_>, args: &Args) -> Called {
    let mut at_start = true;
    Ok(mapped(args, |rune| {
        if rune.is_whitespace() {
            at_start = true;
            return rune;
        }
        if std::mem::take(&mut at_start) {
            to_lower(rune)
        } else {
            rune
        }
    }))
}

fn swapcase(_: &Context<'_>, args: &Args) -> Called {
    let mut after_space = true;
    Ok(mapped(args, |rune| {
        let changed = if is_upper(rune) || rune.general_category() == GeneralCategory::TitlecaseLetter {
            to_lower(rune)
        } else if is_lower(rune) {
            to_upper(rune)
        } else {
            after_space = rune.is_whitespace();
            return rune;
        };
        after_space = false;
        changed
    }))
}

/// Takes each byte for a rune, as the original does: text that is not ASCII comes out garbled.
fn nospace(_: &Context<'_>, args: &Args) -> Called {
    let kept = args
        .str(0)
        .iter()
        .map(|&byte| char::from(byte))
        .filter(|rune| !rune.is_whitespace());
    Ok(kept.collect::<String>().into())
}

/// The first byte of each word, taken for a rune, as the original does.
fn initials(_: &Context<'_>, args: &Args) -> Called {
    let mut after_space = true;
    let first = args.str(0).iter().map(|&byte| char::from(byte)).filter(|rune| {
        let space = rune.is_whitespace();
        std::mem::replace(&mut after_space, space) && !space
    });
    Ok(first.collect::<String>().into())
}

fn is_connector(rune: char) -> bool {
    rune == '-' || rune == '_' || rune.is_whitespace()
}

/// `xstrings.ToPascalCase`: connectors go, what follows them is upper case; leading ones stay.
fn camelcase(_: &Context<'_>, args: &Args) -> Called {
    let mut runes = rune::runes(args.str(0)).map(|(_, rune, _)| rune).peekable();
    let mut out = String::new();
    while let Some(connector) = runes.next_if(|&rune| is_connector(rune)) {
        out.push(connector);
    }
    let Some(first) = runes.next() else {
        // nothing but connectors: the original writes the last one twice
        out.extend(out.chars().next_back());
        return Ok(out.into());
    };
    let mut in_capitals = is_upper(first);
    let mut previous = to_upper(first);
    for mut rune in runes {
        match (is_connector(previous), is_connector(rune)) {
            (true, true) => out.push(previous),
            (true, false) => {
                in_capitals = is_upper(rune);
                rune = to_upper(rune);
            }
            (false, _) => {
                if in_capitals && is_upper(rune) {
                    rune = to_lower(rune);
                } else {
                    in_capitals = false;
                }
                out.push(previous);
            }
        }
        previous = rune;
    }
    out.push(previous);
    Ok(out.into())
}

/// `xstrings.ToSnakeCase` and `ToKebabCase`.
mod words {
    use super::{GeneralCategoryGroup, UnicodeGeneralCategory, is_connector, is_upper, rune, to_lower};

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Kind {
        Number,
        Upper,
        Letters,
        Connector,
        Punctuation,
        Other,
    }

    /// A run of runes of one kind.
    struct Word {
        kind: Kind,
        text: Vec<char>,
    }

    /// The words in lower case with connectors between them.
    pub(super) fn joined(text: &[u8], connector: char) -> String {
        let words = cut(text);
        let mut out = String::new();
        let mut at = 0;
        let push = |out: &mut String, word: &Word| {
            let lower = |rune: &char| {
                if is_connector(*rune) {
                    connector
                } else {
                    to_lower(*rune)
                }
            };
            out.extend(word.text.iter().map(lower));
        };
        let kind_at = |at: usize| words.get(at).map(|word: &Word| word.kind);
        let word_like = |kind: Option<Kind>| {
            kind.is_some_and(|kind| !matches!(kind, Kind::Connector | Kind::Punctuation))
        };
        while let Some(word) = words.get(at) {
            push(&mut out, word);
            at += 1;
            let mut numbers = word.kind == Kind::Number;
            if matches!(word.kind, Kind::Upper | Kind::Letters | Kind::Other)
                && kind_at(at) == Some(Kind::Number)
            {
                // digits belong to the word before them, unless letters follow in lower case
                if kind_at(at + 1) == Some(Kind::Letters) {
                    out.push(connector);
                    push(&mut out, &words[at]);
                    at += 1;
                    numbers = true;
                } else if at + 1 < words.len() {
                    push(&mut out, &words[at]);
                    at += 1;
                } else {
                    continue;
                }
            }
            while numbers && matches!(kind_at(at), Some(Kind::Letters | Kind::Number)) {
                push(&mut out, &words[at]);
                at += 1;
            }
            let separable = !matches!(word.kind, Kind::Connector | Kind::Punctuation);
            if separable && word_like(kind_at(at)) {
                out.push(connector);
            }
        }
        out
    }

    fn cut(text: &[u8]) -> Vec<Word> {
        let runes: Vec<char> = rune::runes(text).map(|(_, rune, _)| rune).collect();
        let mut words: Vec<Word> = Vec::new();
        let mut at = 0;
        while at < runes.len() {
            let (kind, len) = first_word(&runes[at..]);
            words.push(Word {
                kind,
                text: runes[at..at + len].to_vec(),
            });
            at += len;
        }
        words
    }

    fn first_word(runes: &[char]) -> (Kind, usize) {
        let run = |from: usize, belongs: &dyn Fn(char) -> bool| {
            from + runes[from..].iter().take_while(|&&rune| belongs(rune)).count()
        };
        let small = |rune: char| is_letter(rune) && !is_upper(rune);
        let first = runes[0];
        if is_connector(first) {
            return (Kind::Connector, run(1, &is_connector));
        }
        if is_punctuation(first) {
            return (Kind::Punctuation, run(1, &is_punctuation));
        }
        if is_upper(first) {
            let capitals = run(1, &is_upper);
            if capitals == 1 {
                return (Kind::Upper, run(1, &small));
            }
            // the last capital starts the next word if small letters follow
            let followed = runes.get(capitals).is_some_and(|&rune| is_letter(rune));
            return (Kind::Upper, if followed { capitals - 1 } else { capitals });
        }
        if is_letter(first) {
            return (Kind::Letters, run(1, &small));
        }
        if is_number(first) {
            return (Kind::Number, run(1, &is_number));
        }
        let other =
            |rune| !is_connector(rune) && !is_letter(rune) && !is_number(rune) && !is_punctuation(rune);
        (Kind::Other, run(1, &other))
    }

    /// Letters of alphabets: the common Chinese characters are not.
    fn is_letter(rune: char) -> bool {
        let ideograph =
            matches!(rune, '\u{3400}'..='\u{4d85}' | '\u{4e00}'..='\u{9fcc}' | '\u{20000}'..='\u{2b81d}');
        rune::is_letter(rune) && !ideograph
    }

    fn is_number(rune: char) -> bool {
        rune.general_category_group() == GeneralCategoryGroup::Number
    }

    fn is_punctuation(rune: char) -> bool {
        rune.general_category_group() == GeneralCategoryGroup::Punctuation
    }
}
