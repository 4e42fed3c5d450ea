//! What a template may cost, and that the same seed gives the same render.

use std::time::{Duration, SystemTime};

use gotemplate::{
    Cancellation, ExecError, Executor, Functions, LimitError, Limits, MissingKey, Seeded, TemplateSet, Value,
};

const LIMITS: Limits = Limits {
    steps: 1_000_000,
    depth: 50,
    text: 100_000,
    allocated: 1_000_000,
    regex: 100_000,
};

fn execute(template: &str, cancellation: Cancellation) -> Result<String, ExecError> {
    let functions = Functions::sprig();
    let mut set = TemplateSet::new("root").with_missing_key(MissingKey::Zero);
    set.parse("t", template, &functions).expect("the template parses");
    let environment = Seeded::fixed(7, SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    let executor = Executor::cancellable(&functions, &environment, LIMITS, cancellation);
    let out = executor.execute(&set, "t", &Value::map())?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn limit_of(template: &str) -> Option<LimitError> {
    execute(template, Cancellation::default())
        .expect_err("the limit holds")
        .limit()
}

#[test]
fn loops_end() {
    assert_eq!(
        limit_of("{{range 1000000000}}{{end}}"),
        Some(LimitError::Steps(1_000_000))
    );
    assert_eq!(
        limit_of("{{until 1000000000}}"),
        Some(LimitError::Steps(1_000_000))
    );
    assert_eq!(limit_of("{{seq 1000000000}}"), Some(LimitError::Steps(1_000_000)));
}

#[test]
fn texts_stay_short() {
    for template in [
        r#"{{repeat 1000000000 "a"}}"#,
        r#"{{nindent 100000000 "a"}}"#,
        r"{{randAlphaNum 99999}}{{randAlphaNum 99999}}",
        r#"{{$x := "aaaaaaaaaa"}}{{range 100}}{{$x = printf "%s%s" $x $x}}{{end}}"#,
        r#"{{$x := repeat 1000 "a"}}{{replace "a" $x $x}}"#,
        r#"{{$x := repeat 1000 "a"}}{{regexReplaceAll "a" $x $x}}"#,
    ] {
        assert_eq!(limit_of(template), Some(LimitError::Text(100_000)), "{template}");
    }
    let many = r#"{{range 100}}{{$x := repeat 90000 "a"}}{{end}}"#;
    assert_eq!(limit_of(many), Some(LimitError::Allocated(1_000_000)));
}

#[test]
fn recursion_ends() {
    let template = r#"{{define "r"}}{{template "r" .}}{{end}}{{template "r" .}}"#;
    let error = execute(template, Cancellation::default()).expect_err("the limit holds");
    assert_eq!(error.limit(), Some(LimitError::Depth(50)));
    assert_eq!(
        error.to_string(),
        r#"template: t:1:25: executing "r" at <{{template "r" .}}>: exceeded maximum template depth (50)"#
    );
}

#[test]
fn values_that_hold_themselves_can_be_printed_and_dropped() {
    let cycle = r#"{{$d := dict}}{{$_ := set $d "d" $d}}{{$d}}"#;
    assert_eq!(limit_of(cycle), Some(LimitError::Nesting(10_000)));
    let shared = r"{{$x := list 1}}{{range 100}}{{$x = list $x $x}}{{end}}{{$x}}";
    assert!(limit_of(shared).is_some());
    let deep = r"{{$x := list}}{{range 20000}}{{$x = list $x}}{{end}}{{len $x}}";
    assert_eq!(
        execute(deep, Cancellation::default()).expect("it is deep, not long"),
        "1"
    );
}

#[test]
fn expressions_stay_small() {
    let error = execute(
        r#"{{mustRegexMatch "(\\pL{50}){20}" "a"}}"#,
        Cancellation::default(),
    );
    assert!(
        error
            .expect_err("the limit holds")
            .to_string()
            .contains("expression too large")
    );
}

#[test]
fn a_render_can_be_cancelled() {
    let cancellation = Cancellation::default();
    cancellation.cancel();
    let error = execute("{{range 90000}}{{end}}", cancellation).expect_err("it was cancelled");
    assert_eq!(error.limit(), Some(LimitError::Cancelled));
}

#[test]
fn limits_reach_through_functions_and_keep_the_place() {
    let error = execute(r#"{{ print (repeat 1000000000 "a") }}"#, Cancellation::default());
    assert_eq!(
        error.expect_err("the limit holds").to_string(),
        r#"template: t:1:10: executing "t" at <repeat 1000000000 "a">: error calling repeat: text is longer than 100000 bytes"#
    );
}

#[test]
fn the_same_seed_gives_the_same_render() {
    let template = r#"{{randAlphaNum 20}} {{uuidv4}} {{now}} {{shuffle "abcdefgh"}} {{randInt 0 1000}} {{$k := genPrivateKey "ecdsa"}}{{(genCAWithKey "ca" 10 $k).Cert}}{{encryptAES "k" "text"}}"#;
    let one = execute(template, Cancellation::default()).expect("it renders");
    let two = execute(template, Cancellation::default()).expect("it renders");
    assert_eq!(one, two);
    assert!(one.contains("2023-11-14 22:13:20 +0000 UTC"));
}

#[test]
fn what_fuzzing_kept_ends_within_the_limits() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/gotemplate/corpus");
    let mut tried = 0;
    for file in std::fs::read_dir(folder).expect("the corpus is there") {
        let template = std::fs::read(file.expect("a file").path()).expect("a template");
        let functions = Functions::sprig();
        let mut set = TemplateSet::new("root").with_missing_key(MissingKey::Zero);
        let environment = Seeded::fixed(7, SystemTime::UNIX_EPOCH);
        if set.parse("t", &template, &functions).is_ok() {
            let executor = Executor::new(&functions, &environment, LIMITS);
            // an error is as good as a text: neither a panic nor endless
            let _ = executor.execute(&set, "t", &Value::map());
        }
        tried += 1;
    }
    assert!(tried > 10);
}
