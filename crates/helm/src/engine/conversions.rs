//! Values to and from YAML, JSON and TOML.

use gotemplate::{
    Args, CallError, Context, Element, Function, JsonError, JsonStyle, List, Map, Signature, Type, Value,
};
use yaml::Reader;

use super::toml;

type Called = Result<Value, CallError>;

const TEXT: Signature = Signature::new(&[Type::String]);
const ANY: Signature = Signature::new(&[Type::Any]);

pub(super) fn functions() -> [(&'static str, Function); 12] {
    [
        (
            "toYaml",
            Function::native(ANY, |context, args| {
                blank_on_error(to_yaml(context, args, yaml::to_string))
            }),
        ),
        (
            "toYamlPretty",
            Function::native(ANY, |context, args| {
                blank_on_error(to_yaml(context, args, yaml::to_pretty_string))
            }),
        ),
        (
            "mustToYaml",
            Function::native(ANY, |context, args| Ok(to_yaml(context, args, yaml::to_string)?)),
        ),
        (
            "fromYaml",
            Function::native(TEXT, |context, args| table_of(from_yaml(context, args), IN_YAML)),
        ),
        (
            "fromYamlArray",
            Function::native(TEXT, |context, args| list_of(from_yaml(context, args), IN_YAML)),
        ),
        (
            "toJson",
            Function::native(ANY, |context, args| blank_on_error(to_json(context, args))),
        ),
        (
            "mustToJson",
            Function::native(ANY, |context, args| Ok(to_json(context, args)?)),
        ),
        (
            "fromJson",
            Function::native(TEXT, |context, args| table_of(from_json(context, args), "")),
        ),
        (
            "fromJsonArray",
            Function::native(TEXT, |context, args| list_of(from_json(context, args), "")),
        ),
        (
            "toToml",
            Function::native(ANY, |context, args| match toml::write(context, args.value(0)) {
                Err(toml::Failure::Unsupported(text)) => Ok(text.into()),
                other => Ok(other?),
            }),
        ),
        (
            "mustToToml",
            Function::native(ANY, |context, args| Ok(toml::write(context, args.value(0))?)),
        ),
        (
            "fromToml",
            Function::native(TEXT, |context, args| {
                context.allocate(args.str(0).len())?;
                table_of(Ok(toml::read(&args.str(0).to_text())), "")
            }),
        ),
    ]
}

fn to_yaml(
    context: &Context<'_>,
    args: &Args,
    print: fn(&serde_json::Value) -> String,
) -> Result<Value, JsonError> {
    let text = print(&args.value(0).to_json(context)?);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    context.allocate(text.len())?;
    Ok(text.into())
}

/// What `toYaml` gives for a value.
pub(super) fn yaml_text(context: &Context<'_>, value: &Value) -> Called {
    let text = yaml_document(context, value)?;
    let text = text
        .as_str()
        .map(|text| text.strip_suffix(b"\n").unwrap_or(text).into());
    Ok(Value::Str(text.unwrap_or_default()))
}

/// A value as a document of YAML; nothing where it cannot be one.
pub(super) fn yaml_document(context: &Context<'_>, value: &Value) -> Called {
    blank_on_error(value.to_json(context).and_then(|json| {
        let text = yaml::to_string(&json);
        context.allocate(text.len())?;
        Ok(text.into())
    }))
}

fn to_json(context: &Context<'_>, args: &Args) -> Result<Value, JsonError> {
    let text = args.value(0).to_json_text(context, JsonStyle::Compact)?;
    Ok(Value::Str(text.into()))
}

fn blank_on_error(result: Result<Value, JsonError>) -> Called {
    match result {
        Err(JsonError::Limit(limit)) => Err(limit.into()),
        result => Ok(result.unwrap_or_else(|_| "".into())),
    }
}

/// What stands before the words of the JSON library where YAML is read.
const IN_YAML: &str = "error unmarshaling JSON: while decoding JSON: ";

/// What a text holds, or why it cannot be read.
type Read = Result<Result<Value, String>, CallError>;

fn from_yaml(context: &Context<'_>, args: &Args) -> Read {
    let text = args.str(0);
    context.allocate(text.len())?;
    Ok(match yaml::from_slice(text, Reader::V2) {
        Ok(json) => Ok(Value::from_json(&json)),
        Err(error) => Err(format!("error converting YAML to JSON: {}", error.go_text())),
    })
}

fn from_json(context: &Context<'_>, args: &Args) -> Read {
    match Value::from_json_text(context, args.str(0)) {
        Err(JsonError::Limit(limit)) => Err(limit.into()),
        read => Ok(read.map_err(|error| error.to_string())),
    }
}

/// A table; where there is none, one that says why.
fn table_of(read: Read, before: &str) -> Called {
    let problem = match read? {
        Ok(Value::Map(map)) => return Ok(map.into()),
        Ok(Value::Nil) if before == IN_YAML => return Ok(Value::map()),
        Ok(Value::Nil) => return Ok(Map::nil().into()),
        Ok(other) => before.to_owned() + &mismatch(&other, "map[string]interface {}"),
        Err(problem) => problem,
    };
    Ok(Value::Map(Map::from_iter([("Error", problem)])))
}

/// A list; where there is none, one that says why.
fn list_of(read: Read, before: &str) -> Called {
    let problem = match read? {
        Ok(Value::List(list)) => return Ok(list.into()),
        Ok(Value::Nil) if before == IN_YAML => return Ok(Vec::new().into()),
        Ok(Value::Nil) => return Ok(List::nil(Element::Any).into()),
        Ok(other) => before.to_owned() + &mismatch(&other, "[]interface {}"),
        Err(problem) => problem,
    };
    Ok(vec![problem.into()].into())
}

/// Go's words for a value of the wrong type.
fn mismatch(found: &Value, wanted: &str) -> String {
    let found = match found {
        Value::Bool(_) => "bool",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    format!("json: cannot unmarshal {found} into Go value of type {wanted}")
}
