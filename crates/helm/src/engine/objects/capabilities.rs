use std::any::Any;

use gotemplate::{Element, Kind, List, Method, NamedType, Object, Signature, Str, Type, Value};

use crate::capabilities::{Capabilities, Compatibility, KubeVersion};

/// `.Capabilities`
pub(super) fn object(capabilities: &Capabilities, compatibility: Compatibility) -> Value {
    let versions = capabilities.api_versions.iter();
    let versions = versions.map(|version| version.as_str().into());
    Value::object(Shown {
        kube_version: capabilities.kube_version.clone(),
        api_versions: List::of(Element::String, versions.collect()).named(&VERSION_SET),
        helm: HelmVersion::of(compatibility),
    })
}

#[derive(Clone)]
struct Shown {
    kube_version: KubeVersion,
    api_versions: List,
    helm: HelmVersion,
}

impl Object for Shown {
    fn type_name(&self) -> &'static str {
        "*common.Capabilities"
    }

    fn kind(&self) -> Kind {
        Kind::Pointer
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("KubeVersion", Value::object(self.kube_version.clone())),
            ("APIVersions", self.api_versions.clone().into()),
            ("HelmVersion", Value::object(self.helm)),
        ]
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[Method {
            name: "Copy",
            signature: Signature::new(&[]),
            body: |_, this, _| Ok(this.clone()),
        }];
        METHODS
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other
            .downcast_ref::<Self>()
            .is_some_and(|other| std::ptr::eq(self, other))
    }
}

static VERSION_SET: NamedType = NamedType {
    name: "common.VersionSet",
    methods: &[Method {
        name: "Has",
        signature: Signature::new(&[Type::String]),
        body: |_, versions, args| {
            let wanted = args.str(0);
            let versions = versions.as_list().map(List::items).unwrap_or_default();
            Ok(versions
                .iter()
                .any(|version| version.as_str() == Some(wanted))
                .into())
        },
    }],
};

impl Object for KubeVersion {
    fn type_name(&self) -> &'static str {
        "common.KubeVersion"
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Version", self.version().into()),
            ("normalizedVersion", self.normalized().into()),
            ("Major", self.major().into()),
            ("Minor", self.minor().into()),
        ]
    }

    fn field(&self, name: &str) -> Option<Value> {
        let text = match name {
            "Version" => self.version(),
            "Major" => self.major(),
            "Minor" => self.minor(),
            _ => return None,
        };
        Some(text.into())
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[
            Method {
                name: "GitVersion",
                signature: Signature::new(&[]),
                body: |_, this, _| Ok(this.as_object::<KubeVersion>().map(KubeVersion::version).into()),
            },
            Method {
                name: "String",
                signature: Signature::new(&[]),
                body: |_, this, _| {
                    Ok(this
                        .as_object::<KubeVersion>()
                        .map(KubeVersion::normalized)
                        .into())
                },
            },
        ];
        METHODS
    }

    fn text_in_place(&self) -> Option<Str> {
        Some(self.normalized().into())
    }

    fn to_json(&self) -> Value {
        let exported = self
            .fields()
            .into_iter()
            .filter(|(name, _)| self.field(name).is_some());
        Value::Map(exported.collect())
    }

    fn equals(&self, other: &dyn Object) -> bool {
        other.downcast_ref::<Self>() == Some(self)
    }
}

/// `.Capabilities.HelmVersion`: that of the Helm that is followed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct HelmVersion {
    version: &'static str,
    go: &'static str,
    kube_client: &'static str,
}

impl HelmVersion {
    fn of(compatibility: Compatibility) -> Self {
        match compatibility {
            Compatibility::Helm4 => Self {
                version: "v4.2",
                go: "go1.26.8",
                kube_client: "v1.36",
            },
            Compatibility::Helm3 => Self {
                version: "v3.20",
                go: "go1.25.7",
                kube_client: "v1.35",
            },
        }
    }
}

impl Object for HelmVersion {
    fn type_name(&self) -> &'static str {
        "version.BuildInfo"
    }

    fn fields(&self) -> Vec<(&'static str, Value)> {
        vec![
            ("Version", self.version.into()),
            ("GitCommit", "".into()),
            ("GitTreeState", "".into()),
            ("GoVersion", self.go.into()),
            ("KubeClientVersion", self.kube_client.into()),
        ]
    }

    fn to_json(&self) -> Value {
        Value::Map(
            [
                ("version", self.version),
                ("go_version", self.go),
                ("kube_client_version", self.kube_client),
            ]
            .into_iter()
            .collect(),
        )
    }

    fn equals(&self, other: &dyn Object) -> bool {
        (other as &dyn Any).downcast_ref::<Self>() == Some(self)
    }
}
