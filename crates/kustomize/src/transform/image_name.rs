use regex::Regex;

use crate::kustomization::Image;

const TAG: &str = "(:[a-zA-Z0-9_.{}-]*)?";
const DIGEST: &str = "(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?";

/// Which images are changed, and into what.
pub(super) struct ImageChange<'a> {
    image: &'a Image,
    /// Nothing for an expression that is none: it matches nothing.
    pattern: Option<Regex>,
}

impl<'a> ImageChange<'a> {
    pub(super) fn new(image: &'a Image) -> Self {
        Self {
            image,
            pattern: Regex::new(&format!("^{}{TAG}{DIGEST}$", image.name)).ok(),
        }
    }

    /// The new name, unless this image is not meant.
    pub(super) fn apply(&self, name: &str) -> Option<String> {
        self.pattern.as_ref()?.is_match(name).then(|| {
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
}
