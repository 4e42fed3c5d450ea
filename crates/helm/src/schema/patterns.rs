//! Regular expressions of a schema that Go would not take.

use serde_json::Value;

use super::violation::quoted;

/// Keywords that hold schemas by name, in a list, and one alone.
const NAMED: [&str; 5] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
];
const LISTED: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLE: [&str; 9] = [
    "items",
    "additionalProperties",
    "unevaluatedProperties",
    "contains",
    "propertyNames",
    "not",
    "if",
    "then",
    "else",
];

const NEWEST: &str = "https://json-schema.org/draft/2020-12/schema";

/// What Helm says of the first expression that cannot be used.
pub(super) fn refusal(location: &str, schema: &Value) -> Option<String> {
    let draft = schema["$schema"].as_str().unwrap_or(NEWEST).trim_end_matches('#');
    let search = Search {
        // the newer metaschemas are made of parts
        has_levels: draft.contains("2019-09") || draft.contains("2020-12"),
    };
    let lines = search.within(schema, "", 1)?;
    let draft = quoted(&format!("{draft}#"));
    Some(format!(
        "\"{location}#\" is not valid against metaschema: jsonschema validation failed with {draft}{lines}"
    ))
}

struct Search {
    has_levels: bool,
}

impl Search {
    fn within(&self, schema: &Value, place: &str, depth: usize) -> Option<String> {
        let level = if self.has_levels {
            line(place, "'allOf' failed", depth)
        } else {
            String::new()
        };
        let depth = depth + usize::from(self.has_levels);
        let found = Self::here(schema, place, depth).or_else(|| self.below(schema, place, depth))?;
        Some(level + &found)
    }

    fn here(schema: &Value, place: &str, depth: usize) -> Option<String> {
        if let Some(pattern) = schema["pattern"].as_str()
            && let Some(reason) = reason(pattern)
        {
            let words = format!("{} is not valid regex: {reason}", quoted(pattern));
            return Some(line(&format!("{place}/pattern"), &words, depth));
        }
        let names = schema["patternProperties"].as_object()?.keys();
        names.into_iter().find_map(|name| {
            let reason = reason(name)?;
            let name = quoted(name);
            Some(
                line("", &format!("invalid propertyName {name}"), depth)
                    + &line("", &format!("{name} is not valid regex: {reason}"), depth + 1),
            )
        })
    }

    fn below(&self, schema: &Value, place: &str, depth: usize) -> Option<String> {
        let named = NAMED.iter().flat_map(|keyword| {
            let schemas = schema[*keyword].as_object().into_iter().flatten();
            schemas.map(move |(name, schema)| {
                let name = name.replace('~', "~0").replace('/', "~1");
                (format!("{keyword}/{name}"), schema)
            })
        });
        let listed = LISTED.iter().flat_map(|keyword| {
            let schemas = schema[*keyword].as_array().into_iter().flatten();
            schemas
                .enumerate()
                .map(move |(at, schema)| (format!("{keyword}/{at}"), schema))
        });
        let single = SINGLE
            .iter()
            .filter_map(|keyword| Some(((*keyword).to_owned(), schema.get(keyword)?)));
        named
            .chain(listed)
            .chain(single)
            .find_map(|(way, schema)| self.within(schema, &format!("{place}/{way}"), depth))
    }
}

fn line(place: &str, words: &str, depth: usize) -> String {
    format!("\n{}- at {}: {words}", "  ".repeat(depth - 1), quoted(place))
}

fn reason(pattern: &str) -> Option<String> {
    gotemplate::regex_refusal(pattern)
}
