//! What happens to an object before the apply that is predicted.

use serde_json::{Value, json};

use crate::kinds::Kind;
use crate::random::Random;
use crate::server::{Place, Server, Write};

const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const MANAGERS: [&str; 5] = ["agentk", "helm", "kubectl", "hpa-controller", "kubectl-edit"];

/// One object and those who write it.
pub(crate) struct Story<'a> {
    pub(crate) server: &'a Server,
    /// The versions of its kind.
    pub(crate) versions: &'a [Kind],
    pub(crate) name: String,
    /// What was applied and by whom, to be applied again with small changes.
    applied: Vec<(String, Value)>,
    /// What was done, with the server's answers.
    pub(crate) told: Vec<Value>,
}

impl<'a> Story<'a> {
    pub(crate) fn new(server: &'a Server, versions: &'a [Kind], name: String) -> Self {
        Self {
            server,
            versions,
            name,
            applied: Vec::new(),
            told: Vec::new(),
        }
    }

    pub(crate) fn place<'p>(&'p self, kind: &'p Kind) -> Place<'p> {
        Place {
            api_version: kind.api_version,
            plural: kind.plural,
            name: &self.name,
            subresource: "",
        }
    }

    /// The version in which somebody writes: mostly the first.
    pub(crate) fn version(&self, random: &mut Random) -> &'a Kind {
        if random.percent(85) {
            &self.versions[0]
        } else {
            random.pick(self.versions)
        }
    }

    /// Does up to six things.
    pub(crate) async fn go_on(&mut self, random: &mut Random) {
        for _ in 0..random.below(7) {
            let kind = self.version(random);
            match random.below(13) {
                0 => self.create(random, kind).await,
                1 => self.apply_on_client(random, kind).await,
                2 => self.update(random, kind).await,
                3 | 4 => self.merge(random, kind).await,
                5 if kind.scales => self.scale(random, kind).await,
                6 if !kind.status.is_null() => self.write_status(random, kind).await,
                _ => self.apply(random, kind).await,
            }
        }
    }

    /// A configuration: a new one, or one that was applied before with small changes.
    pub(crate) fn configuration(&self, random: &mut Random, kind: &Kind) -> (String, Value) {
        let manager = (*random.pick(&MANAGERS)).to_owned();
        if random.percent(65) && !self.applied.is_empty() {
            let (earlier, config) = random.pick(&self.applied);
            let mut config = config.clone();
            if config["apiVersion"] == kind.api_version {
                for _ in 0..random.below(3) {
                    change(&mut config, random);
                }
                // the server compares the name with that of the request
                if !config["metadata"].is_object() {
                    config["metadata"] = json!({});
                }
                config["metadata"]["name"] = self.name.as_str().into();
                let manager = if random.percent(70) {
                    earlier.clone()
                } else {
                    manager
                };
                return (manager, config);
            }
        }
        (manager, self.object(random, kind))
    }

    fn object(&self, random: &mut Random, kind: &Kind) -> Value {
        let mut object = random.vary(&kind.template);
        let metadata = json!({"labels": {"app": "a", "tier": "b"}, "annotations": {"note": "n", "x.y/z": "1"},
            "finalizers": ["a.b/c"]});
        let mut metadata = random.vary(&metadata);
        // what is deleted must go
        metadata
            .as_object_mut()
            .map(|metadata| metadata.remove("finalizers"));
        object["apiVersion"] = kind.api_version.into();
        object["kind"] = kind.name.into();
        object["metadata"] = metadata;
        object["metadata"]["name"] = self.name.as_str().into();
        object
    }

    async fn create(&mut self, random: &mut Random, kind: &Kind) {
        let object = self.object(random, kind);
        let manager = *random.pick(&MANAGERS);
        let place = self.place(kind).collection();
        let (code, _) = self.server.write(place, Write::Create, manager, &object).await;
        self.tell("create", manager, code);
    }

    /// As `kubectl apply` does without `--server-side`.
    async fn apply_on_client(&mut self, random: &mut Random, kind: &Kind) {
        let mut object = self.object(random, kind);
        let text = format!("{object}\n");
        if !object["metadata"]["annotations"].is_object() {
            object["metadata"]["annotations"] = json!({});
        }
        object["metadata"]["annotations"][LAST_APPLIED] = text.into();
        let manager = "kubectl-client-side-apply";
        let place = self.place(kind);
        let exists = !self.server.read(place).await.is_null();
        let (how, place) = if exists {
            (Write::Merge, place)
        } else {
            (Write::Create, place.collection())
        };
        let (code, _) = self.server.write(place, how, manager, &object).await;
        self.tell("client-side apply", manager, code);
    }

    async fn update(&mut self, random: &mut Random, kind: &Kind) {
        let mut live = self.server.read(self.place(kind)).await;
        if live.is_null() {
            return;
        }
        for _ in 0..=random.below(2) {
            change(&mut live, random);
        }
        let manager = *random.pick(&MANAGERS);
        let (code, _) = self
            .server
            .write(self.place(kind), Write::Update, manager, &live)
            .await;
        self.tell("update", manager, code);
    }

    async fn merge(&mut self, random: &mut Random, kind: &Kind) {
        let mut patch = self.object(random, kind);
        if let Some(fields) = patch.as_object_mut() {
            fields.remove("metadata");
        }
        let manager = *random.pick(&MANAGERS);
        let (code, _) = self
            .server
            .write(self.place(kind), Write::Merge, manager, &patch)
            .await;
        self.tell("merge", manager, code);
    }

    async fn scale(&mut self, random: &mut Random, kind: &Kind) {
        let patch = json!({"spec": {"replicas": random.below(5)}});
        let place = self.place(kind).subresource("scale");
        let (code, _) = self
            .server
            .write(place, Write::Merge, "hpa-controller", &patch)
            .await;
        self.tell("scale", "hpa-controller", code);
    }

    async fn write_status(&mut self, random: &mut Random, kind: &Kind) {
        let status = random.vary(&kind.status);
        let place = self.place(kind).subresource("status");
        if random.percent(30) {
            let object = json!({"apiVersion": kind.api_version, "kind": kind.name,
                "metadata": {"name": self.name}, "status": status});
            let how = Write::Apply {
                force: true,
                dry_run: false,
            };
            let (code, _) = self.server.write(place, how, "controller", &object).await;
            self.tell("apply status", "controller", code);
        } else {
            let patch = json!({"status": status});
            let (code, _) = self.server.write(place, Write::Merge, "controller", &patch).await;
            self.tell("status", "controller", code);
        }
    }

    async fn apply(&mut self, random: &mut Random, kind: &Kind) {
        let (manager, config) = self.configuration(random, kind);
        let how = Write::Apply {
            force: random.percent(60),
            dry_run: false,
        };
        let (code, _) = self.server.write(self.place(kind), how, &manager, &config).await;
        self.tell("apply", &manager, code);
        if code < 300 {
            self.applied.push((manager, config));
        }
    }

    fn tell(&mut self, how: &str, manager: &str, code: u16) {
        self.told.push(json!([how, manager, code]));
    }
}

/// Changes something below, but not what the object is.
fn change(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            const KEPT: [&str; 8] = [
                "apiVersion",
                "kind",
                "name",
                "selector",
                "managedFields",
                "resourceVersion",
                "uid",
                "status",
            ];
            let names: Vec<String> = fields
                .keys()
                .filter(|name| !KEPT.contains(&name.as_str()))
                .cloned()
                .collect();
            if names.is_empty() {
                return;
            }
            let name = random.pick(&names).clone();
            match random.below(24) {
                0 | 1 => drop(fields.remove(&name)),
                2 => drop(fields.insert(name, Value::Null)),
                3 => drop(fields.insert(name, json!({}))),
                4 => drop(fields.insert(name, json!([]))),
                5 => drop(fields.insert(format!("{name}x"), json!("1"))),
                _ => {
                    if let Some(field) = fields.get_mut(&name) {
                        change(field, random);
                    }
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let place = random.below(items.len());
            match random.below(10) {
                0 | 1 => drop(items.remove(place)),
                2 => items.push(items[place].clone()),
                3 | 4 => items.reverse(),
                5 => {
                    let mut item = items[place].clone();
                    change(&mut item, random);
                    items.insert(0, item);
                }
                _ => change(&mut items[place], random),
            }
        }
        other => *other = another(other, random),
    }
}

fn another(value: &Value, random: &mut Random) -> Value {
    match value {
        Value::Number(number) => json!(number.as_i64().unwrap_or(1) + 1),
        Value::Bool(flag) => json!(!flag),
        Value::String(text) if random.percent(80) => json!(format!("{text}{}", random.pick(&["x", "1"]))),
        _ => random
            .pick(&[json!("a"), json!(1), json!(true), json!("100m"), json!("")])
            .clone(),
    }
}
