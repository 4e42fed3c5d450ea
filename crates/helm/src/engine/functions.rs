use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use gotemplate::{
    Args, CallError, Context, Function, Functions, JsonError, JsonStyle, Map, Signature, Type, Value, quote,
};

use super::failure::marked;
use yaml::Reader;

/// How often a template may include itself.
const MAX_INCLUDES: usize = 1000;

/// Gives objects of a cluster to `lookup`: API version, kind, namespace and name.
pub type Lookup = dyn Fn(&str, &str, &str, &str) -> Result<serde_json::Value, String> + Send + Sync;

type Called = Result<Value, CallError>;

const TEXT: Signature = Signature::new(&[Type::String]);
const ANY: Signature = Signature::new(&[Type::Any]);
const TEXT_AND_ANY: Signature = Signature::new(&[Type::String, Type::Any]);

/// The functions of Helm's templates for one render. Without `lookup`, that function finds nothing.
pub fn functions(lookup: Option<Arc<Lookup>>) -> Functions {
    let mut functions = Functions::sprig();
    for name in ["env", "expandenv"] {
        functions.remove(name);
    }
    let included = RefCell::new(HashMap::new());
    let include = move |context: &Context<'_>, args: &Args| include(context, args, &included);
    let lookup = move |_: &Context<'_>, args: &Args| match &lookup {
        Some(lookup) => {
            let text = |at| args.str(at).to_text();
            let found = lookup(&text(0), &text(1), &text(2), &text(3)).map_err(CallError::new)?;
            Ok(Value::from_json(&found))
        }
        None => Ok(Value::map()),
    };
    let four_texts = Signature::new(&[Type::String; 4]);
    functions.extend([
        ("include", Function::closure(TEXT_AND_ANY, include)),
        ("lookup", Function::closure(four_texts, lookup)),
        ("tpl", Function::native(TEXT_AND_ANY, tpl)),
        ("required", Function::native(TEXT_AND_ANY, required)),
        (
            "fail",
            Function::native(TEXT, |_, args| {
                Err(CallError::new(marked(&args.str(0).to_text())))
            }),
        ),
        ("getHostByName", Function::native(TEXT, |_, _| Ok("".into()))),
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
        ("fromYaml", Function::native(TEXT, from_yaml)),
        ("fromYamlArray", Function::native(TEXT, from_yaml_array)),
        (
            "toJson",
            Function::native(ANY, |context, args| blank_on_error(to_json(context, args))),
        ),
        (
            "mustToJson",
            Function::native(ANY, |context, args| Ok(to_json(context, args)?)),
        ),
    ]);
    functions
}

fn include(context: &Context<'_>, args: &Args, included: &RefCell<HashMap<Vec<u8>, usize>>) -> Called {
    let name = args.str(0);
    let count = included.borrow().get(name.as_bytes()).copied().unwrap_or(0);
    if count > MAX_INCLUDES {
        let name = name.to_text();
        return Err(CallError::wrap(
            format!("rendering template has a nested reference name: {name}: unable to execute template"),
            CallError::new("unable to execute template"),
        ));
    }
    included.borrow_mut().insert(name.to_vec(), count + 1);
    let result = context.execute(&name.to_text(), args.value(1));
    included.borrow_mut().insert(name.to_vec(), count);
    Ok(Value::Str(result?.into()))
}

fn tpl(context: &Context<'_>, args: &Args) -> Called {
    let text = args.str(0);
    let mut templates = context.templates().clone();
    // within another `tpl` a name of its own: a blank text would not replace the outer one
    let mut name = templates.name().to_owned();
    while templates.contains(&name) {
        name.push('+');
    }
    templates
        .parse(&name, text, context.functions())
        .map_err(|error| {
            let quoted = quote(text);
            CallError::wrap(
                format!("cannot parse template {}: {error}", quoted.to_text()),
                error,
            )
        })?;
    let out = context
        .execute_in(&templates, &name, args.value(1))
        .map_err(|error| {
            let quoted = quote(text);
            let text = format!(
                "error during tpl function execution for {}: {error}",
                quoted.to_text()
            );
            CallError::wrap(text, error)
        })?;
    Ok(Value::Str(super::render::without_no_value(out).into()))
}

fn required(_: &Context<'_>, args: &Args) -> Called {
    match args.value(1) {
        Value::Nil => Err(CallError::new(marked(&args.str(0).to_text()))),
        Value::Str(text) if text.is_empty() => Err(CallError::new(marked(&args.str(0).to_text()))),
        present => Ok(present.clone()),
    }
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

fn parsed(context: &Context<'_>, args: &Args) -> Result<Result<Value, String>, CallError> {
    let text = args.str(0);
    context.allocate(text.len())?;
    Ok(match yaml::from_slice(text, Reader::V2) {
        Ok(json) => Ok(Value::from_json(&json)),
        Err(error) => Err(format!("error converting YAML to JSON: {}", error.go_text())),
    })
}

fn mismatch(found: &Value, wanted: &str) -> String {
    let found = match found {
        Value::Bool(_) => "bool",
        Value::Str(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    format!(
        "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go value of type {wanted}"
    )
}

fn from_yaml(context: &Context<'_>, args: &Args) -> Called {
    let problem = match parsed(context, args)? {
        Ok(Value::Map(map)) => return Ok(map.into()),
        Ok(Value::Nil) => return Ok(Value::map()),
        Ok(other) => mismatch(&other, "map[string]interface {}"),
        Err(problem) => problem,
    };
    Ok(Value::Map(Map::from_iter([("Error", problem)])))
}

fn from_yaml_array(context: &Context<'_>, args: &Args) -> Called {
    let problem = match parsed(context, args)? {
        Ok(Value::List(list)) => return Ok(list.into()),
        Ok(Value::Nil) => return Ok(Vec::new().into()),
        Ok(other) => mismatch(&other, "[]interface {}"),
        Err(problem) => problem,
    };
    Ok(vec![problem.into()].into())
}
