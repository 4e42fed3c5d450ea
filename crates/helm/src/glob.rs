/// Go's `filepath.Match`; nothing when the pattern is malformed and the name led that far.
pub(crate) fn path_matches(pattern: &str, name: &str) -> Option<bool> {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    let (mut p, mut n) = (0, 0);
    // where to go on when a star has to take one character more
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(p) {
            None if n == name.len() => return Some(true),
            None => None,
            Some('*') => {
                retry = Some((p, n));
                p += 1;
                continue;
            }
            Some(_) => {
                let (width, matches) = element(&pattern[p..], name.get(n).copied())?;
                matches.then_some(width)
            }
        };
        if let Some(width) = step {
            p += width;
            n += 1;
            continue;
        }
        match retry {
            Some((star, taken)) if name.get(taken).is_some_and(|c| *c != '/') => {
                retry = Some((star, taken + 1));
                (p, n) = (star + 1, taken + 1);
            }
            _ => return well_formed(&pattern[p..]).then_some(false),
        }
    }
}

fn well_formed(mut pattern: &[char]) -> bool {
    while !pattern.is_empty() {
        match element(pattern, None) {
            Some((width, _)) => pattern = &pattern[width..],
            None => return false,
        }
    }
    true
}

/// The width of the first element, and whether it takes the character; nothing when it is malformed.
fn element(pattern: &[char], c: Option<char>) -> Option<(usize, bool)> {
    match pattern[0] {
        '*' => Some((1, false)),
        '?' => Some((1, c.is_some_and(|c| c != '/'))),
        '[' => class(pattern, c),
        '\\' => Some((2, c == Some(*pattern.get(1)?))),
        literal => Some((1, c == Some(literal))),
    }
}

fn class(pattern: &[char], c: Option<char>) -> Option<(usize, bool)> {
    let negated = pattern.get(1) == Some(&'^');
    let mut at = if negated { 2 } else { 1 };
    let (mut first, mut found) = (true, false);
    while first || pattern.get(at) != Some(&']') {
        let low = bound(pattern, &mut at)?;
        let high = if pattern.get(at) == Some(&'-') {
            at += 1;
            bound(pattern, &mut at)?
        } else {
            low
        };
        found |= c.is_some_and(|c| (low..=high).contains(&c));
        first = false;
    }
    Some((at + 1, c.is_some_and(|_| found != negated)))
}

fn bound(pattern: &[char], at: &mut usize) -> Option<char> {
    match *pattern.get(*at)? {
        '-' | ']' => return None,
        '\\' => *at += 1,
        _ => {}
    }
    let bound = *pattern.get(*at)?;
    *at += 1;
    // a class cannot end the pattern
    pattern.get(*at).map(|_| bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_as_in_go() {
        for (pattern, name, expected) in [
            ("abc", "abc", Some(true)),
            ("*", "abc", Some(true)),
            ("*c", "abc", Some(true)),
            ("a*", "a/b", Some(false)),
            ("a*/b", "abc/b", Some(true)),
            ("a*b*c", "axbxxc", Some(true)),
            ("a?c", "abc", Some(true)),
            ("a?c", "a/c", Some(false)),
            ("[a-c]x", "bx", Some(true)),
            ("[^a-c]x", "bx", Some(false)),
            ("[^a-c]x", "dx", Some(true)),
            (r"a\*", "a*", Some(true)),
            ("[", "a", None),
            ("[]a]", "]", None),
            ("[-]", "-", None),
            ("[a-]", "a", None),
            ("a[", "ab", None),
            ("", "a", Some(false)),
            ("templates/.?*", "templates/.x", Some(true)),
        ] {
            assert_eq!(path_matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
