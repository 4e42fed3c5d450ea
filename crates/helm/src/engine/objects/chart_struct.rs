//! `.Chart` as Helm 3 has it: Go structs, of which an unknown field is an error.

use gotemplate::{Kind, Map, Object, Value};

/// A field: its name in Go and in JSON, where it is left out when empty unless it ends in `!`.
type Field = (&'static str, &'static str);

const METADATA: &[Field] = &[
    ("Name", "name"),
    ("Home", "home"),
    ("Sources", "sources"),
    ("Version", "version"),
    ("Description", "description"),
    ("Keywords", "keywords"),
    ("Maintainers", "maintainers"),
    ("Icon", "icon"),
    ("APIVersion", "apiVersion"),
    ("Condition", "condition"),
    ("Tags", "tags"),
    ("AppVersion", "appVersion"),
    ("Deprecated", "deprecated"),
    ("Annotations", "annotations"),
    ("KubeVersion", "kubeVersion"),
    ("Dependencies", "dependencies"),
    ("Type", "type"),
];
const MAINTAINER: &[Field] = &[("Name", "name"), ("Email", "email"), ("URL", "url")];
const DEPENDENCY: &[Field] = &[
    ("Name", "name!"),
    ("Version", "version"),
    ("Repository", "repository!"),
    ("Condition", "condition"),
    ("Tags", "tags"),
    ("Enabled", "enabled"),
    ("ImportValues", "import-values"),
    ("Alias", "alias"),
];

/// The structs of the map that Helm 4 shows.
pub(super) fn object(shown: &Map) -> Value {
    let metadata = Record::of("chart.Metadata", Kind::Struct, METADATA, shown);
    Value::object(ChartData {
        metadata,
        is_root: shown.get("IsRoot").unwrap_or_default(),
    })
}

/// A struct of package `chart`, or a pointer to one.
#[derive(Clone)]
struct Record {
    type_name: &'static str,
    kind: Kind,
    fields: Vec<(Field, Value)>,
}

impl Record {
    fn of(type_name: &'static str, kind: Kind, fields: &[Field], shown: &Map) -> Self {
        let fields = fields.iter().map(|field| {
            let value = shown.get(field.0).unwrap_or_default();
            let value = match field.0 {
                "Maintainers" => Self::pointers("*chart.Maintainer", MAINTAINER, &value),
                "Dependencies" => Self::pointers("*chart.Dependency", DEPENDENCY, &value),
                _ => value,
            };
            (*field, value)
        });
        Self {
            type_name,
            kind,
            fields: fields.collect(),
        }
    }

    fn pointers(type_name: &'static str, fields: &[Field], list: &Value) -> Value {
        let items = list.as_list().map(gotemplate::List::items).unwrap_or_default();
        let records = items.iter().filter_map(Value::as_map);
        let records = records.map(|shown| Value::object(Self::of(type_name, Kind::Pointer, fields, shown)));
        records.collect::<Vec<_>>().into()
    }

    fn json(&self) -> Map {
        let kept = self.fields.iter().filter_map(|((_, key), value)| {
            let always = key.strip_suffix('!');
            (always.is_some() || value.is_true()).then(|| (always.unwrap_or(key), value.clone()))
        });
        kept.collect()
    }
}

impl Object for Record {
    fn type_name(&self) -> &'static str {
        self.type_name
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        let fields = self.fields.iter();
        fields.map(|((name, _), value)| (*name, value.clone())).collect()
    }

    fn to_json(&self) -> Value {
        Value::Map(self.json())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other
            .downcast_ref::<Self>()
            .is_some_and(|other| std::ptr::eq(self, other))
    }
}

/// What templates are given: the metadata, embedded, and whether the chart is the one that was asked for.
#[derive(Clone)]
struct ChartData {
    metadata: Record,
    is_root: Value,
}

impl Object for ChartData {
    fn type_name(&self) -> &'static str {
        "struct { chart.Metadata; IsRoot bool }"
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Metadata", Value::object(self.metadata.clone())),
            ("IsRoot", self.is_root.clone()),
        ]
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Metadata" => Some(Value::object(self.metadata.clone())),
            "IsRoot" => Some(self.is_root.clone()),
            _ => self.metadata.field(name),
        }
    }

    fn to_json(&self) -> Value {
        let map = self.metadata.json();
        map.insert("IsRoot", self.is_root.clone());
        Value::Map(map)
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other
            .downcast_ref::<Self>()
            .is_some_and(|other| std::ptr::eq(self, other))
    }
}
