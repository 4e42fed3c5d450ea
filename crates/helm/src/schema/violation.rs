//! The words of the schema library that Helm uses.

use boon::{ErrorKind, Type, Types, ValidationError};
use serde_json::Value;

use super::formats;
use super::levels::{self, Group, Level, left_out};

/// How a violation is worded.
pub(super) type Wording = fn(&ErrorKind<'_, '_>) -> String;

/// As Helm does, which quotes values.
pub(super) const WHOLE: Wording = words;
/// Without values: keywords, types and names.
pub(super) const OUTLINE: Wording = outline;

/// All violations, each on a line of its own and below the one that it is a reason for.
pub(super) fn report(error: &ValidationError<'_, '_>, wording: Wording) -> String {
    let mut text = String::new();
    show(error, error.schema_url, 0, wording, &mut text);
    text
}

/// Shows an error that was found on the way from the schema at `base`.
fn show(error: &ValidationError<'_, '_>, base: &str, mut depth: usize, wording: Wording, text: &mut String) {
    for Level { words, place } in left_out(base, error) {
        line(&place, words, depth, text);
        depth += 1;
    }
    let is_passed_over = error.causes.len() == 1 && matches!(error.kind, ErrorKind::Reference { .. });
    if matches!(error.kind, ErrorKind::Schema { .. }) {
        start_line(depth, text);
        text.push_str(&wording(&error.kind));
    } else if !is_passed_over {
        let place = error.instance_location.to_string();
        line(&place, &wording(&error.kind), depth, text);
    }
    let below = depth + usize::from(!is_passed_over);
    show_causes(error, below, wording, text);
}

fn show_causes(error: &ValidationError<'_, '_>, mut depth: usize, wording: Wording, text: &mut String) {
    // a single branch with several errors: they were moved up
    if let Some(Group { base, levels, place }) = levels::group(error) {
        for Level { words, place } in levels {
            line(&place, words, depth, text);
            depth += 1;
        }
        line(&place, "validation failed", depth, text);
        for cause in &error.causes {
            show(cause, base, depth + 1, wording, text);
        }
    } else {
        for cause in &error.causes {
            show(cause, levels::base(error, cause), depth, wording, text);
        }
    }
}

fn line(place: &str, words: &str, depth: usize, text: &mut String) {
    start_line(depth, text);
    text.push_str("at ");
    text.push_str(&quoted(place));
    text.push_str(": ");
    text.push_str(words);
}

fn start_line(depth: usize, text: &mut String) {
    if depth > 0 {
        text.push('\n');
        text.push_str(&"  ".repeat(depth - 1));
        text.push_str("- ");
    }
}

/// What holds values is named by its keyword.
fn outline(kind: &ErrorKind<'_, '_>) -> String {
    let keyword = match kind {
        ErrorKind::Enum { .. } => "enum",
        ErrorKind::Const { .. } => "const",
        ErrorKind::Format { want, .. } => return format!("value is not valid {want}"),
        ErrorKind::Pattern { .. } => "pattern",
        ErrorKind::ContentEncoding { .. } => "contentEncoding",
        ErrorKind::ContentMediaType { .. } => "contentMediaType",
        ErrorKind::MinLength { .. } => "minLength",
        ErrorKind::MaxLength { .. } => "maxLength",
        ErrorKind::Minimum { .. } => "minimum",
        ErrorKind::Maximum { .. } => "maximum",
        ErrorKind::ExclusiveMinimum { .. } => "exclusiveMinimum",
        ErrorKind::ExclusiveMaximum { .. } => "exclusiveMaximum",
        ErrorKind::MultipleOf { .. } => "multipleOf",
        // types, counts and names
        _ => return words(kind),
    };
    format!("'{keyword}' failed")
}

fn words(kind: &ErrorKind<'_, '_>) -> String {
    match kind {
        ErrorKind::Schema { url } => {
            let fragment = if url.contains('#') { "" } else { "#" };
            format!(
                "jsonschema validation failed with {}",
                quoted(&format!("{url}{fragment}"))
            )
        }
        ErrorKind::Group | ErrorKind::Reference { .. } => "validation failed".to_owned(),
        ErrorKind::Not => "'not' failed".to_owned(),
        ErrorKind::AllOf => "'allOf' failed".to_owned(),
        ErrorKind::AnyOf => "'anyOf' failed".to_owned(),
        ErrorKind::OneOf(None) => "'oneOf' failed, none matched".to_owned(),
        ErrorKind::OneOf(Some((one, two))) => format!("'oneOf' failed, subschemas {one}, {two} matched"),
        ErrorKind::FalseSchema => "false schema".to_owned(),
        ErrorKind::RefCycle {
            url,
            kw_loc1,
            kw_loc2,
        } => {
            format!("both {kw_loc1} and {kw_loc2} resolve to {url:?} causing reference cycle")
        }
        ErrorKind::Type { got, want } => format!("got {}, want {}", got, wanted(*want)),
        ErrorKind::Enum { want } => match one_of(want) {
            Some(shown) => format!("value must be {shown}"),
            None => "'enum' failed".to_owned(),
        },
        ErrorKind::Const { want } if is_container(want) => "'const' failed".to_owned(),
        ErrorKind::Const { want } => format!("value must be {}", shown(want)),
        ErrorKind::Format { got, want, err } => {
            let reason = got.as_str().and_then(|got| formats::reason(want, got));
            let reason = reason.unwrap_or_else(|| err.to_string());
            format!("{} is not valid {want}: {reason}", shown(got))
        }
        ErrorKind::Pattern { got, want } => {
            format!("{} does not match pattern {}", quoted(got), quoted(want))
        }
        ErrorKind::ContentSchema => "'contentSchema' failed".to_owned(),
        ErrorKind::ContentEncoding { want, err } => format!("value is not {} encoded: {err}", quoted(want)),
        ErrorKind::ContentMediaType { want, err, .. } => {
            format!("value if not of mediatype {}: {err}", quoted(want))
        }
        kind => of_members(kind).unwrap_or_else(|| of_sizes(kind)),
    }
}

fn of_members(kind: &ErrorKind<'_, '_>) -> Option<String> {
    Some(match kind {
        ErrorKind::Required { want } => match want[..] {
            [one] => format!("missing property {}", quoted(one)),
            _ => format!("missing properties {}", all_quoted(want)),
        },
        ErrorKind::Dependency { prop, missing } | ErrorKind::DependentRequired { prop, missing } => {
            format!(
                "properties {} required, if {} exists",
                all_quoted(missing),
                quoted(prop)
            )
        }
        ErrorKind::AdditionalProperties { got } => {
            format!("additional properties {} not allowed", all_quoted(got))
        }
        ErrorKind::PropertyName { prop } => format!("invalid propertyName {}", quoted(prop)),
        ErrorKind::UniqueItems { got: [one, two] } => {
            format!("items at {} and {} are equal", grouped(*one), grouped(*two))
        }
        ErrorKind::Contains => "no items match contains schema".to_owned(),
        ErrorKind::MinContains { got, want } if got.is_empty() => format!(
            "min {} items required to match contains schema, but none matched",
            grouped(*want)
        ),
        ErrorKind::MinContains { got, want } => contained("min", got, *want),
        ErrorKind::MaxContains { got, want } => contained("max", got, *want),
        _ => return None,
    })
}

fn contained(bound: &str, got: &[usize], want: usize) -> String {
    let places: Vec<String> = got.iter().map(usize::to_string).collect();
    format!(
        "{bound} {} items required to match contains schema, but matched {} items at {}",
        grouped(want),
        grouped(got.len()),
        places.join(" ")
    )
}

fn of_sizes(kind: &ErrorKind<'_, '_>) -> String {
    let counted =
        |name, got: &usize, want: &usize| format!("{name}: got {}, want {}", grouped(*got), grouped(*want));
    let measured = |name, got: &serde_json::Number, want: &serde_json::Number| {
        let float = |number: &serde_json::Number| localized(number.as_f64().unwrap_or(f64::NAN));
        format!("{name}: got {}, want {}", float(got), float(want))
    };
    match kind {
        ErrorKind::MinProperties { got, want } => counted("minProperties", got, want),
        ErrorKind::MaxProperties { got, want } => counted("maxProperties", got, want),
        ErrorKind::MinItems { got, want } => counted("minItems", got, want),
        ErrorKind::MaxItems { got, want } => counted("maxItems", got, want),
        ErrorKind::AdditionalItems { got } => format!("last {} additionalItem(s) not allowed", grouped(*got)),
        ErrorKind::MinLength { got, want } => counted("minLength", got, want),
        ErrorKind::MaxLength { got, want } => counted("maxLength", got, want),
        ErrorKind::Minimum { got, want } => measured("minimum", got, want),
        ErrorKind::Maximum { got, want } => measured("maximum", got, want),
        ErrorKind::ExclusiveMinimum { got, want } => measured("exclusiveMinimum", got, want),
        ErrorKind::ExclusiveMaximum { got, want } => measured("exclusiveMaximum", got, want),
        ErrorKind::MultipleOf { got, want } => measured("multipleOf", got, want),
        other => other.to_string(),
    }
}

fn wanted(types: Types) -> String {
    let names: Vec<String> = types.iter().map(|ty: Type| ty.to_string()).collect();
    names.join(" or ")
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::Array(_) | Value::Object(_))
}

fn one_of(values: &[Value]) -> Option<String> {
    if values.iter().any(is_container) {
        return None;
    }
    let all: Vec<String> = values.iter().map(shown).collect();
    Some(match &all[..] {
        [one] => one.clone(),
        all => format!("one of {}", all.join(", ")),
    })
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => quoted(text),
        Value::Array(_) | Value::Object(_) => "value".to_owned(),
        other => other.to_string(),
    }
}

/// Go's quotes, turned to single ones.
pub(super) fn quoted(text: &str) -> String {
    let quoted = gotemplate::quote(text.as_bytes());
    let quoted = quoted.to_text().replace("\\\"", "\"").replace('\'', "\\'");
    format!("'{}'", &quoted[1..quoted.len() - 1])
}

fn all_quoted<S: AsRef<str>>(texts: &[S]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text.as_ref())).collect();
    quoted.join(", ")
}

/// A count with a comma between thousands.
fn grouped(count: usize) -> String {
    thousands(&count.to_string())
}

fn thousands(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number as it is written in English: with commas, and with a power of ten from a million on.
fn localized(number: f64) -> String {
    const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let scientific = format!("{number:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..6).contains(&exponent) {
        let plain = number.abs().to_string();
        let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        let sign = if number < 0.0 { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        return format!("{sign}{}{point}{fraction}", thousands(whole));
    }
    let sign = if exponent < 0 { "⁻" } else { "" };
    let digits = format!("{:02}", exponent.abs());
    let raised = digits
        .bytes()
        .map(|digit| SUPERSCRIPTS[usize::from(digit - b'0')]);
    format!("{mantissa}×10{sign}{}", raised.collect::<String>())
}
