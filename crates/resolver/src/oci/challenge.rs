use std::collections::HashMap;

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// What a registry asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A token of this service.
    Bearer {
        realm: String,
        service: Option<String>,
        scope: Option<String>,
    },
    /// A password.
    Basic,
}

impl Challenge {
    /// The best of the challenges in an answer.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut basic = None;
        for header in headers.get_all(WWW_AUTHENTICATE) {
            for (scheme, mut parameters) in challenges(header.to_str().ok()?) {
                if scheme.eq_ignore_ascii_case("bearer")
                    && let Some(realm) = parameters.remove("realm")
                {
                    return Some(Self::Bearer {
                        realm,
                        service: parameters.remove("service"),
                        scope: parameters.remove("scope"),
                    });
                }
                if scheme.eq_ignore_ascii_case("basic") {
                    basic = Some(Self::Basic);
                }
            }
        }
        basic
    }
}

/// The schemes of a header, each with its parameters; names in lower case.
fn challenges(header: &str) -> Vec<(String, HashMap<String, String>)> {
    let mut found: Vec<(String, HashMap<String, String>)> = Vec::new();
    let mut rest = header.trim_start_matches([',', ' ']);
    while !rest.is_empty() {
        let end = rest.find([' ', '=', ',']).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        let tail = tail.trim_start();
        if let Some(value) = tail.strip_prefix('=') {
            let (value, tail) = read_value(value.trim_start());
            if let Some((_, parameters)) = found.last_mut() {
                parameters.insert(word.to_ascii_lowercase(), value);
            }
            rest = tail;
        } else {
            found.push((word.to_owned(), HashMap::new()));
            rest = tail;
        }
        rest = rest.trim_start_matches([',', ' ']);
    }
    found
}

/// A value, quoted or not, and what stands behind it.
fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            letter => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(values: &[&'static str]) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, value.parse().unwrap());
        }
        Challenge::of(&headers)
    }

    #[test]
    fn bearer_is_preferred() {
        let bearer = Challenge::Bearer {
            realm: "https://auth.example/token".to_owned(),
            service: Some("a, \"b\"".to_owned()),
            scope: Some("repository:x:pull".to_owned()),
        };
        let text =
            r#"Bearer realm="https://auth.example/token",service="a, \"b\"", scope="repository:x:pull""#;
        assert_eq!(challenge(&[text]), Some(bearer));
        assert!(matches!(
            challenge(&[r#"Basic realm="x", bearer Realm=https://h/t"#]),
            Some(Challenge::Bearer { realm, .. }) if realm == "https://h/t"
        ));
        assert!(matches!(
            challenge(&["Basic", "Bearer realm=\"r\""]),
            Some(Challenge::Bearer { .. })
        ));
    }

    #[test]
    fn nonsense_asks_for_nothing() {
        assert_eq!(challenge(&["Basic realm=\"x\""]), Some(Challenge::Basic));
        for text in [
            "",
            "Negotiate",
            "Bearer",
            "realm=\"x\"",
            "Bearer realm",
            ",,=,\"",
            "Bearer =x",
        ] {
            assert_eq!(challenge(&[text]), None, "{text}");
        }
        assert_eq!(challenge(&[]), None);
    }
}
