//! The recorded answers of Go and sprig, `testdata/gotemplate/*.json`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use gotemplate::{Element, Executor, Functions, Limits, Map, MissingKey, Seeded, Str, TemplateSet, Value};
use serde::Deserialize;
use serde_json::Value as Json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    missing_key: String,
    sprig: bool,
    data: Json,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    template: String,
    out: Option<String>,
    err: Option<String>,
}

fn suites() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/gotemplate")
}

/// `{"$type": value}` stands for a value of that Go type.
fn typed(json: &Json) -> Value {
    match json {
        Json::Array(items) => Value::List(items.iter().map(typed).collect::<Vec<_>>().into()),
        Json::Object(entries) => match entries.iter().next() {
            Some((tag, value)) if tag.starts_with('$') => tagged(tag, value),
            _ => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.as_str(), typed(value)))
                    .collect(),
            ),
        },
        plain => Value::from_json(plain),
    }
}

fn tagged(tag: &str, value: &Json) -> Value {
    let text = |value: &Json| value.as_str().expect("a string").to_owned();
    match tag {
        "$int" => Value::Int(value.as_i64().expect("an integer")),
        "$int64" => Value::Int64(value.as_i64().expect("an integer")),
        "$bytes" => Value::Bytes(text(value).into()),
        "$strings" => Value::strings(value.as_array().expect("a list").iter().map(text)),
        "$stringmap" => {
            let entries: BTreeMap<Str, Value> = value
                .as_object()
                .expect("an object")
                .iter()
                .map(|(key, value)| (Str::from(key.as_str()), Value::from(text(value))))
                .collect();
            Value::Map(Map::of(Element::String, entries))
        }
        other => panic!("unknown tag {other}"),
    }
}

fn render(suite: &Suite, template: &str) -> Result<String, String> {
    let functions = if suite.sprig {
        Functions::sprig()
    } else {
        Functions::builtins()
    };
    let missing_key = match suite.missing_key.as_str() {
        "zero" => MissingKey::Zero,
        "error" => MissingKey::Error,
        _ => MissingKey::Invalid,
    };
    let mut set = TemplateSet::new("root").with_missing_key(missing_key);
    set.parse("t.yaml", template, &functions)
        .map_err(|error| error.to_string())?;
    let environment = Seeded::fixed(1, SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    let executor = Executor::new(&functions, &environment, Limits::default());
    let out = executor
        .execute(&set, "t.yaml", &typed(&suite.data))
        .map_err(|error| error.to_string())?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn run(name: &str) {
    let text = std::fs::read(suites().join(name)).expect("the suite is there");
    let suite: Suite = serde_json::from_slice(&text).expect("the suite is JSON");
    let mut failures = String::new();
    for case in &suite.cases {
        let wanted = match (&case.out, &case.err) {
            (Some(out), _) => Ok(out.clone()),
            (None, err) => Err(err.clone().unwrap_or_default()),
        };
        let got = render(&suite, &case.template);
        if got != wanted {
            let _ = writeln!(
                failures,
                "{}\n  wanted {wanted:?}\n  got    {got:?}",
                case.template
            );
        }
    }
    assert!(failures.is_empty(), "{name}:\n{failures}");
}

macro_rules! suites {
    ($($name:ident),* $(,)?) => {
        $(#[test]
        fn $name() {
            run(concat!(stringify!($name), ".json"));
        })*
    };
}

suites! {
    text_template,
    printf,
    missing_key_invalid,
    missing_key_error,
    sprig_strings,
    sprig_numeric,
    sprig_list,
    sprig_dict,
    sprig_json,
    sprig_path_url,
    sprig_regex,
    sprig_semver,
    sprig_date,
    sprig_crypto,
}

/// The functions of sprig 3.3.0.
const SPRIG: &str = "abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec \
    b64enc base bcrypt biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date \
    dateInZone dateModify date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict dig dir \
    div divf duration durationRound empty encryptAES env expandenv ext fail first float64 floor fromJson genCA \
    genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get \
    getHostByName has hasKey hasPrefix hasSuffix hello htmlDate htmlDateInZone htpasswd indent initial initials int \
    int64 isAbs join kebabcase keys kindIs kindOf last list lower max maxf merge mergeOverwrite min minf mod mul mulf \
    mustAppend mustChunk mustCompact mustDateModify mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast \
    mustMerge mustMergeOverwrite mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch \
    mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice mustToDate mustToJson \
    mustToPrettyJson mustToRawJson mustUniq mustWithout must_date_modify nindent nospace now omit osBase osClean osDir \
    osExt osIsAbs pick pluck plural prepend push quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric \
    regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace \
    rest reverse round semver semverCompare seq set sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split \
    splitList splitn squote sub subf substr swapcase ternary title toDate toDecimal toJson toPrettyJson toRawJson \
    toString toStrings trim trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch \
    unset until untilStep untitle upper urlJoin urlParse uuidv4 values without wrap wrapWith";

#[test]
fn every_function_has_a_case() {
    let functions = Functions::sprig();
    let files = std::fs::read_dir(suites()).expect("the suites are there");
    let templates: String = files
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| std::fs::read_to_string(path).expect("a suite is text"))
        .collect();
    let word = |c: char| !(c.is_alphanumeric() || c == '_');
    let used: std::collections::BTreeSet<&str> = templates.split(word).collect();
    for name in SPRIG.split_whitespace() {
        assert!(functions.contains(name), "{name} is not there");
        assert!(used.contains(name), "{name} has no case");
    }
}
