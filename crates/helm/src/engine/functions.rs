use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use gotemplate::{Args, CallError, Context, Function, Functions, Signature, Type, Value, quote};

use super::conversions;
use super::failure::marked;

/// How often a template may include itself.
const MAX_INCLUDES: usize = 1000;

/// Gives objects of a cluster to `lookup`: API version, kind, namespace and name.
pub type Lookup = dyn Fn(&str, &str, &str, &str) -> Result<serde_json::Value, String> + Send + Sync;

type Called = Result<Value, CallError>;

const TEXT: Signature = Signature::new(&[Type::String]);
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
    ]);
    functions.extend(conversions::functions());
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
    context.allocate(text.len())?;
    let mut templates = context.templates().clone();
    // within another `tpl` a name of its own: a blank text would not replace the outer one
    let mut name = templates.name().to_owned();
    while templates.contains(&name) {
        name.push('+');
    }
    templates
        .parse_data(&name, text, context.functions())
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
