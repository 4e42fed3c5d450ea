//! Looks for templates on which the parser or the executor panics or takes too long.
//!
//! `cargo run -p gotemplate --example fuzz-template -- --seconds 600 --seed 1 --corpus FOLDER`
//!
//! It starts from the recorded cases and from what the folder holds, and mutates: the same seed tries the same templates.
//! Templates that bring an outcome not seen before are kept in the folder.
#![expect(clippy::print_stdout, reason = "the findings are the result")]

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use gotemplate::{Executor, Functions, Limits, MissingKey, Seeded, TemplateSet, Value};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How much processor time one template may take, in a build without optimisation.
const SLOWEST: Duration = Duration::from_secs(5);
const LONGEST: usize = 2_000;
const LIMITS: Limits = Limits {
    steps: 100_000,
    depth: 200,
    text: 1 << 20,
    allocated: 32 << 20,
    regex: 1 << 18,
};

/// Pieces that mutation alone would take long to find.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "-}}",
    "{{/*",
    "*/}}",
    "(",
    ")",
    "|",
    ":=",
    "=",
    "$",
    ".",
    ",",
    "\"",
    "`",
    "'",
    "nil",
    "true",
    "{{if",
    "{{else}}",
    "{{end}}",
    "{{range",
    "{{with",
    "{{define",
    "{{block",
    "{{template",
    "{{break}}",
    "{{continue}}",
    "$x",
    ".list",
    ".map",
    ".str",
    "0x",
    "1e9",
    "-1",
    "99999999999",
    "1.5",
    "\"%v\"",
    "\"%[2]*.*d\"",
    "printf",
    "list",
    "dict",
    "set",
    "merge",
    "deepCopy",
    "until",
    "repeat",
    "indent",
    "regexReplaceAll",
    "substr",
    "slice",
    "index",
    "toJson",
    "fromJson",
    "semverCompare",
    "dateModify",
    "date",
    "toDate",
    "urlParse",
    "wrap",
    "chunk",
    "untilStep",
    "splitn",
    "b32dec",
    "snakecase",
    "round",
    "divf",
    "trunc",
    "abbrevboth",
    "seq",
    "dig",
    "cat",
    "\u{e9}",
    "\0",
];

/// Functions whose keys and hashes cost seconds in a build without optimisation.
const SLOW: &[&str] = &[
    "bcrypt",
    "htpasswd",
    "derivePassword",
    "genPrivateKey",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
];

struct Options {
    time: Duration,
    seed: u64,
    corpus: Option<PathBuf>,
}

fn options() -> Option<Options> {
    let mut options = Options {
        time: Duration::from_mins(1),
        seed: 1,
        corpus: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next()?;
        match name.as_str() {
            "--seconds" => options.time = Duration::from_secs(value.parse().ok()?),
            "--seed" => options.seed = value.parse().ok()?,
            "--corpus" => options.corpus = Some(value.into()),
            _ => return None,
        }
    }
    Some(options)
}

fn main() -> ExitCode {
    let Some(options) = options() else {
        println!("usage: fuzz [--seconds N] [--seed N] [--corpus FOLDER]");
        return ExitCode::from(2);
    };
    let mut corpus = recorded_templates();
    if let Some(folder) = &options.corpus {
        corpus.extend(read_folder(folder));
    }
    let mut fuzzer = Fuzzer::new(corpus, &options);
    let until = Instant::now() + options.time;
    while Instant::now() < until {
        let template = fuzzer.next_template();
        if let Err(finding) = fuzzer.run(&template) {
            println!("{finding}:\n{:?}", String::from_utf8_lossy(&template));
            return ExitCode::FAILURE;
        }
    }
    let (runs, outcomes, slowest) = (fuzzer.runs, fuzzer.outcomes.len(), fuzzer.slowest);
    println!("{runs} templates, {outcomes} outcomes, slowest {slowest:?}, no finding");
    ExitCode::SUCCESS
}

struct Fuzzer {
    random: StdRng,
    corpus: Vec<Vec<u8>>,
    folder: Option<PathBuf>,
    functions: Functions,
    outcomes: HashSet<String>,
    runs: u64,
    slowest: Duration,
}

impl Fuzzer {
    fn new(corpus: Vec<Vec<u8>>, options: &Options) -> Self {
        let mut functions = Functions::sprig();
        for name in SLOW {
            functions.remove(name);
        }
        Self {
            random: StdRng::seed_from_u64(options.seed),
            corpus,
            folder: options.corpus.clone(),
            functions,
            outcomes: HashSet::new(),
            runs: 0,
            slowest: Duration::ZERO,
        }
    }

    fn pick(&mut self, below: usize) -> usize {
        self.random.random_range(0..below.max(1))
    }

    fn next_template(&mut self) -> Vec<u8> {
        let at = self.pick(self.corpus.len());
        let mut template = self.corpus[at].clone();
        for _ in 0..=self.pick(6) {
            self.mutate(&mut template);
        }
        template.truncate(LONGEST);
        template
    }

    fn mutate(&mut self, template: &mut Vec<u8>) {
        let at = self.pick(template.len() + 1);
        match self.pick(6) {
            0 if at < template.len() => template[at] = self.random.random(),
            1 => template.insert(at, self.random.random_range(b' '..=b'~')),
            2 => {
                let end = (at + 1 + self.pick(12)).min(template.len());
                template.drain(at.min(end)..end);
            }
            3 => {
                let other = self.pick(self.corpus.len());
                let other = &self.corpus[other];
                let from = self.random.random_range(0..=other.len());
                let end = (from + self.random.random_range(0..200)).min(other.len());
                let part = other[from..end].to_vec();
                template.splice(at..at, part);
            }
            _ => {
                let piece = PIECES[self.pick(PIECES.len())];
                let spaced = if self.random.random() {
                    format!(" {piece} ")
                } else {
                    piece.to_owned()
                };
                template.splice(at..at, spaced.into_bytes());
            }
        }
    }

    fn run(&mut self, template: &[u8]) -> Result<(), String> {
        self.runs += 1;
        let start = processor_time();
        let outcome = catch_unwind(AssertUnwindSafe(|| render(&self.functions, template)));
        let took = processor_time().saturating_sub(start);
        self.slowest = self.slowest.max(took);
        let outcome = outcome.map_err(|_| "panic".to_owned())?;
        if took > SLOWEST {
            return Err(format!("took {took:?}"));
        }
        if self.outcomes.insert(outcome) && self.corpus.len() < 20_000 {
            self.corpus.push(template.to_vec());
            self.keep(template);
        }
        Ok(())
    }

    fn keep(&self, template: &[u8]) {
        let Some(folder) = &self.folder else { return };
        let name = format!("{:08}.tmpl", self.outcomes.len());
        if let Err(error) = std::fs::write(folder.join(name), template) {
            println!("failed to keep a template: {error}");
        }
    }
}

/// What this process has had of the processor; a machine that is busy with other work does not count. Nothing
/// where that cannot be told.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// Renders; the outcome without names, numbers and places, so that alike ones count once.
fn render(functions: &Functions, template: &[u8]) -> String {
    let mut set = TemplateSet::new("root").with_missing_key(MissingKey::Zero);
    if let Err(error) = set.parse("t", template, functions) {
        return shape(&error.message);
    }
    let data = Value::from_json(&serde_json::json!({
        "str": "hello", "list": ["a", 1, null, [true]], "map": {"a": 1, "b": {"c": "d"}}, "int": 3, "empty": "",
    }));
    let environment = Seeded::fixed(1, SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    match Executor::new(functions, &environment, LIMITS).execute(&set, "t", &data) {
        Ok(out) => format!("ok {}", out.len().min(64)),
        Err(error) => shape(error.to_string().rsplit(">: ").next().unwrap_or_default()),
    }
}

fn shape(message: &str) -> String {
    let mut quoted = false;
    message
        .chars()
        .filter(|&rune| {
            quoted ^= rune == '"';
            !quoted && !rune.is_ascii_digit()
        })
        .take(24)
        .collect()
}

fn recorded_templates() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/gotemplate");
    let suites = read_folder(&folder)
        .into_iter()
        .filter_map(|text| serde_json::from_slice(&text).ok());
    suites
        .flat_map(|suite: serde_json::Value| suite["cases"].as_array().cloned().unwrap_or_default())
        .filter_map(|case| {
            case["template"]
                .as_str()
                .map(|template| template.as_bytes().to_vec())
        })
        .collect()
}

fn read_folder(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}
