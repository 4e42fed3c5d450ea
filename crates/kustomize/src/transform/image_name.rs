use regex::bytes::Regex;

use crate::{kustomization::Image, regexp};

const TAG: &str = "(:[a-zA-Z0-9_.{}-]*)?";
const DIGEST: &str = "(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?";

/// Which images are changed, and into what.
pub(super) struct ImageChange<'a> {
    image: &'a Image,
    pattern: Pattern<'a>,
}

/// The name of an image is an expression.
enum Pattern<'a> {
    /// One in which nothing is special but dots, as in most names: to make an expression of it costs more than a small build.
    Plain(&'a str),
    Expression(Regex),
    /// One that cannot be read matches nothing.
    Nothing,
}

impl<'a> Pattern<'a> {
    fn new(name: &'a str) -> Self {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_/:.-".contains(&byte);
        if name.bytes().all(is_plain) {
            return Self::Plain(name);
        }
        regexp::compile(&format!("^{name}{TAG}{DIGEST}$")).map_or(Self::Nothing, Self::Expression)
    }

    fn matches(&self, image: &str) -> bool {
        match self {
            Self::Plain(name) => behind(image, name).is_some_and(is_tag_and_digest),
            Self::Expression(expression) => expression.is_match(image.as_bytes()),
            Self::Nothing => false,
        }
    }
}

/// What follows the name in an image; a dot in the name stands for any character.
fn behind<'t>(image: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = image.chars();
    let fits = |wanted: char, found: char| wanted == found || (wanted == '.' && found != '\n');
    name.chars()
        .all(|wanted| rest.next().is_some_and(|found| fits(wanted, found)))
        .then_some(rest.as_str())
}

/// [`TAG`] and [`DIGEST`] by hand.
fn is_tag_and_digest(text: &str) -> bool {
    let (tag, digest) = match text.split_once('@') {
        Some((tag, digest)) => (tag, Some(digest)),
        None => (text, None),
    };
    let is_value = |value: &str| {
        value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.{}-".contains(&byte))
    };
    let is_algorithm = |algorithm: &str| {
        let word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        algorithm.split(['.', '+', '_', '-']).all(word)
    };
    let is_digest = |digest: &str| {
        digest
            .split_once(':')
            .is_some_and(|(algorithm, value)| is_algorithm(algorithm) && is_value(value))
    };
    (tag.is_empty() || tag.strip_prefix(':').is_some_and(is_value)) && digest.is_none_or(is_digest)
}

impl<'a> ImageChange<'a> {
    pub(super) fn new(image: &'a Image) -> Self {
        Self {
            image,
            pattern: Pattern::new(&image.name),
        }
    }

    /// The new name, unless this image is not meant.
    pub(super) fn apply(&self, name: &str) -> Option<String> {
        self.pattern.matches(name).then(|| {
            let (base, tag, digest) = split(name);
            let image = self.image;
            let base = if image.new_name.is_empty() {
                base
            } else {
                &image.new_name
            };
            let suffixed = format!("{tag}{}", image.tag_suffix);
            let (tag, digest) = match (&*image.new_tag, &*image.digest, &*image.tag_suffix) {
                ("", "", "") => (tag, digest),
                ("", "", _) => (&*suffixed, ""),
                (new_tag, new_digest, _) => (new_tag, new_digest),
            };
            let mut result = base.to_owned();
            for (separator, part) in [(':', tag), ('@', digest)] {
                if !part.is_empty() {
                    result.push(separator);
                    result.push_str(part);
                }
            }
            result
        })
    }
}

/// Name, tag and digest. What stands before the first slash may have a colon of its own: a port.
fn split(image: &str) -> (&str, &str, &str) {
    let start = image.find('/').unwrap_or(0);
    let at = image[start..].find('@').map(|at| at + start);
    let colon = image[start..].find(':').map(|colon| colon + start);
    match (colon, at) {
        (None, None) => (image, "", ""),
        (Some(colon), None) => (&image[..colon], &image[colon + 1..], ""),
        (Some(colon), Some(at)) if colon < at => (&image[..colon], &image[colon + 1..at], &image[at + 1..]),
        (_, Some(at)) => (&image[..at], "", &image[at + 1..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(name: &str, change: impl FnOnce(&mut Image), image: &str) -> Option<String> {
        let mut wanted = Image {
            name: name.to_owned(),
            ..Image::default()
        };
        change(&mut wanted);
        ImageChange::new(&wanted).apply(image)
    }

    #[test]
    fn tags_and_digests_replace_each_other() {
        let digest = |image: &mut Image| "sha256:2".clone_into(&mut image.digest);
        let tag = |image: &mut Image| "v2".clone_into(&mut image.new_tag);
        let suffix = |image: &mut Image| "-x".clone_into(&mut image.tag_suffix);
        assert_eq!(change("a/b", digest, "a/b:v1").unwrap(), "a/b@sha256:2");
        assert_eq!(change("a/b", tag, "a/b@sha256:1").unwrap(), "a/b:v2");
        assert_eq!(change("h:5000/b", tag, "h:5000/b").unwrap(), "h:5000/b:v2");
        assert_eq!(change("b", suffix, "b:v1@sha512:1").unwrap(), "b:v1-x");
    }

    #[test]
    fn names_are_expressions() {
        let tag = |image: &mut Image| "v2".clone_into(&mut image.new_tag);
        assert_eq!(change("reg/.*", tag, "reg/b:v1").unwrap(), "reg/b:v2");
        assert_eq!(change("b", tag, "reg/b:v1"), None);
        assert_eq!(change("[", tag, "["), None);
    }

    proptest::proptest! {
        #[test]
        fn plain_names_match_as_their_expressions(
            name in "[ab./:-]{1,4}",
            image in "[ab./:-]{0,4}(:[a1_.{}-]{0,3})?(@[a1.+_:-]{0,6})?|[ab.@:\n]{0,8}",
        ) {
            let expression = regexp::compile(&format!("^{name}{TAG}{DIGEST}$")).unwrap();
            proptest::prop_assert_eq!(Pattern::new(&name).matches(&image), expression.is_match(image.as_bytes()));
        }
    }
}
