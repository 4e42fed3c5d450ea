use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gotemplate::{Args, CallError, Context, Element, Map, Method, NamedType, Signature, Str, Type, Value};

use crate::chart::File;
use crate::engine::conversions::yaml_text;
use crate::engine::glob::Glob;

const NO_ARGUMENTS: Signature = Signature::new(&[]);
const NAME: Signature = Signature::new(&[Type::String]);

/// `.Files`: contents by name.
pub(super) fn object(files: &[File]) -> Map {
    named(files.iter().map(|file| {
        let content = Value::Bytes(Str::from(&*file.data));
        (Str::from(file.name.as_str()), content)
    }))
}

fn named(files: impl Iterator<Item = (Str, Value)>) -> Map {
    Map::of(Element::Bytes, files.collect()).named(&FILES)
}

static FILES: NamedType = NamedType {
    name: "engine.files",
    methods: &[
        Method {
            name: "Get",
            signature: NAME,
            body: |_, files, args| Ok(content(files, args).unwrap_or_default().into()),
        },
        Method {
            name: "GetBytes",
            signature: NAME,
            body: |_, files, args| Ok(Value::Bytes(content(files, args).unwrap_or_default())),
        },
        Method {
            name: "Glob",
            signature: NAME,
            body: matching,
        },
        Method {
            name: "AsConfig",
            signature: NO_ARGUMENTS,
            body: |context, files, _| as_yaml(context, files, Clone::clone),
        },
        Method {
            name: "AsSecrets",
            signature: NO_ARGUMENTS,
            body: |context, files, _| as_yaml(context, files, |content| STANDARD.encode(content).into()),
        },
        Method {
            name: "Lines",
            signature: NAME,
            body: lines,
        },
    ],
};

fn content(files: &Value, args: &Args) -> Option<Str> {
    bytes(&files.as_map()?.get(args.str(0))?)
}

fn bytes(value: &Value) -> Option<Str> {
    match value {
        Value::Bytes(content) => Some(content.clone()),
        _ => None,
    }
}

fn entries(files: &Value) -> Vec<(Str, Value)> {
    files.as_map().map(Map::entries).unwrap_or_default()
}

fn matching(context: &Context<'_>, files: &Value, args: &Args) -> Result<Value, CallError> {
    let glob = Glob::parse(&args.str(0).to_text(), context.limits().regex);
    let entries = entries(files);
    context.spend(entries.len())?;
    Ok(named(entries.into_iter().filter(|(name, _)| glob.matches(name))).into())
}

/// A table of the contents by their base names.
fn as_yaml(context: &Context<'_>, files: &Value, show: fn(&Str) -> Str) -> Result<Value, CallError> {
    let table = Map::of(
        Element::String,
        entries(files)
            .iter()
            .filter_map(|(name, content)| {
                let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
                Some((Str::from(base), show(&bytes(content)?).into()))
            })
            .collect(),
    );
    yaml_text(context, &table.into())
}

fn lines(_: &Context<'_>, files: &Value, args: &Args) -> Result<Value, CallError> {
    let Some(content) = content(files, args) else {
        return Ok(Value::strings::<Str>([]));
    };
    let Some(last) = content.last() else {
        return Err(CallError::new("runtime error: index out of range [-1]"));
    };
    let text = if *last == b'\n' {
        &content[..content.len() - 1]
    } else {
        &content[..]
    };
    Ok(Value::strings(text.split(|byte| *byte == b'\n')))
}
