use gotemplate::{Args, CallError, Context, Map, Method, NamedType, Signature, Type, Value, quote};

use crate::engine::conversions::yaml_document;
use crate::values::{lookup, table};

const NO_ARGUMENTS: Signature = Signature::new(&[]);
const PATH: Signature = Signature::new(&[Type::String]);

/// The table as Helm's own type, which has methods.
pub(super) fn named(values: &Map) -> Map {
    values.clone().named(&VALUES)
}

static VALUES: NamedType = NamedType {
    name: "common.Values",
    methods: &[
        Method {
            name: "AsMap",
            signature: NO_ARGUMENTS,
            body: |_, values, _| Ok(plain(values).into()),
        },
        Method {
            name: "PathValue",
            signature: PATH,
            body: path_value,
        },
        Method {
            name: "Table",
            signature: PATH,
            body: inner_table,
        },
        Method {
            name: "YAML",
            signature: NO_ARGUMENTS,
            body: |context, values, _| yaml_document(context, values),
        },
    ],
};

fn plain(values: &Value) -> Map {
    values.as_map().cloned().unwrap_or_default().unnamed()
}

fn path_value(_: &Context<'_>, values: &Value, args: &Args) -> Result<Value, CallError> {
    let path = args.str(0).to_text();
    if path.is_empty() {
        return Err(CallError::new("YAML path cannot be empty"));
    }
    lookup(&plain(values), &path).ok_or_else(|| {
        let key = path.rsplit('.').next().unwrap_or_default();
        CallError::new(format!("{} is not a value", quote(key.as_bytes()).to_text()))
    })
}

fn inner_table(_: &Context<'_>, values: &Value, args: &Args) -> Result<Value, CallError> {
    let path = args.str(0).to_text();
    let mut inner = plain(values);
    for key in path.split('.') {
        inner = table(&inner, key)
            .ok_or_else(|| CallError::new(format!("{} is not a table", quote(key.as_bytes()).to_text())))?;
    }
    Ok(named(&inner).into())
}
