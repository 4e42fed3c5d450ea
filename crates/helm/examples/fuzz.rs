//! Looks for charts on which the loader or the renderer panics or takes too long.
//!
//! `cargo run --release -p helm --example fuzz -- --seconds 600 --seed 1 --keep FOLDER`
//!
//! It starts from the charts below and from the archives in `testdata/helm-fuzz`, and changes files, names and the
//! bytes of archives: the same seed tries the same charts. Charts that bring an outcome not seen before are gone on
//! from; with `--keep` they are put into that folder.
#![expect(clippy::print_stdout, reason = "the findings are the result")]

use std::collections::HashSet;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use flate2::{Compression, write::GzEncoder};
use helm::{Limits, Options, Randomness, template};
use manifest::{Tree, TreePath};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How much processor time one chart may take.
const SLOWEST: Duration = Duration::from_secs(3);
/// No file and no archive is longer.
const LONGEST: usize = 8 << 10;
/// No longer archive is put into the folder.
const MAX_KEPT: usize = 1_500;
const ARCHIVE: &str = "chart.tgz";

type Files = Vec<(String, Vec<u8>)>;

/// What charts are made of; those that mutation alone would take long to find.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{-",
    "-}}",
    "{{ end }}",
    "{{ else }}",
    "{{ range ",
    "{{ with ",
    "{{ if ",
    "{{ define \"x\" }}",
    "{{ include \"x\" . }}",
    "{{ template \"x\" . }}",
    "{{ tpl ",
    " | toYaml",
    " | fromYaml",
    " | toToml",
    " | fromToml",
    " | toJson",
    " | fromJson",
    " | fromYamlArray",
    " | nindent 4",
    " | quote",
    ".Values",
    ".Chart",
    ".Release",
    ".Files",
    ".Capabilities",
    ".Subcharts",
    ".Template",
    "(.Files.Glob \"**\")",
    ".Files.Get \"f.txt\"",
    ".AsConfig",
    ".AsSecrets",
    ".Files.Lines \"f.txt\"",
    "required \"r\" ",
    "fail ",
    "lookup \"v1\" \"Pod\" \"n\" \"p\"",
    "$",
    ".",
    "$x := ",
    "set ",
    "merge ",
    "dict ",
    "list ",
    "deepCopy ",
    "apiVersion: v1\n",
    "kind: Secret\n",
    "kind: List\nitems: [{kind: A}]\n",
    "metadata:\n  annotations:\n    helm.sh/hook: pre-install,test\n    helm.sh/hook-weight: \"-1\"\n",
    "---\n",
    "\n---\n",
    "--- # x\n",
    "...\n",
    "a: ",
    "- ",
    "&a ",
    "*a",
    "<<: *a\n",
    "null",
    "~",
    "{}",
    "[]",
    "{a: 1}",
    "\"\"",
    "\n",
    "  ",
    "\t",
    "\r\n",
    "\u{feff}",
    "\0",
    "\u{e9}",
    "1e999",
    "-0",
    "0x1F",
    "dependencies:\n",
    "- name: s\n",
    "  alias: t\n",
    "  condition: s.on,on\n",
    "  tags: [t]\n",
    "  import-values: [{child: a, parent: b}, data]\n",
    "  repository: file://../s\n",
    "  version: '>=0'\n",
    "tags: {t: false}\n",
    "global: {s: {on: false}}\n",
    "exports: {data: {a: 1}}\n",
    "type: library\n",
    "kubeVersion: '>=1.2 <99 || ^2'\n",
    "**/*",
    "!x",
    "*.txt",
    "/a/",
    "[a-",
    "\\",
    "\"$ref\": \"#/definitions/x\"",
    "\"type\": [\"string\", \"null\"]",
    "\"pattern\": \"(a+)+$\"",
    "\"allOf\": [",
    "\"not\": {",
    "\"format\": \"ipv4\"",
    "\"properties\": {\"a\": ",
    "\"minimum\": 2",
    "}",
    "]",
    ",",
];

/// Names that mean something to the loader.
const NAMES: &[&str] = &[
    "Chart.yaml",
    "values.yaml",
    "values.schema.json",
    "requirements.yaml",
    "requirements.lock",
    ".helmignore",
    "templates/_x.tpl",
    "templates/a.yaml",
    "templates/NOTES.txt",
    "templates/tests/t.yaml",
    "crds/c.yaml",
    "f.txt",
    "charts/s/Chart.yaml",
    "charts/s/values.yaml",
    "charts/s/templates/s.yaml",
    "charts/s.tgz",
    "charts/README.md",
    "charts/_s/x",
    "../x",
    "a/../../x",
    "/x",
    "c:/x",
    "a\\b",
    "",
];

/// A chart with all that charts have, in few words.
const SEED: &[(&str, &str)] = &[
    (
        "Chart.yaml",
        "apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- name: s\n  version: '*'\n  alias: t\n  condition: t.on\n  \
         import-values: [data]\n",
    ),
    (
        "values.yaml",
        "a: {b: [1, x, null], c: \"{{ .Values.n }}\"}\nn: 3\nt: {on: true, e: 1.5}\nglobal: {g: 1}\n",
    ),
    (
        "values.schema.json",
        "{\"properties\": {\"n\": {\"type\": \"integer\", \"minimum\": 0}}}",
    ),
    (".helmignore", "*.tmp\n!keep.tmp\ndocs/\n"),
    (
        "templates/_x.tpl",
        "{{ define \"x\" }}{{ .Release.Name }}-{{ .Chart.Name | trunc 20 }}{{ end }}",
    ),
    (
        "templates/a.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"x\" . }}\ndata:\n{{- (.Files.Glob \"*.txt\").AsConfig | nindent \
         2 }}\n  v: {{ tpl .Values.a.c . | quote }}\n{{- range $i, $v := .Values.a.b }}\n  k{{ $i }}: {{ $v | toJson | quote }}\n{{- \
         end }}\n",
    ),
    (
        "templates/h.yaml",
        "{{ if .Capabilities.APIVersions.Has \"v1\" }}\nkind: Job\nmetadata: {name: j, annotations: {helm.sh/hook: test}}\n{{ end }}\n---\n{{ \
         toYaml .Values.t }}\n",
    ),
    ("templates/NOTES.txt", "{{ required \"n\" .Values.n }}"),
    ("crds/c.yaml", "kind: CustomResourceDefinition\n---\nkind: B\n"),
    ("f.txt", "one\ntwo\n"),
    ("charts/s/Chart.yaml", "name: s\nversion: 0.1.0\n"),
    ("charts/s/values.yaml", "e: 1\nexports: {data: {z: 1}}\n"),
    (
        "charts/s/templates/s.yaml",
        "kind: S\ne: {{ .Values.e }}{{ .Values.global.g }}{{ fromYaml \"a: 1\" }}\n",
    ),
];

struct Arguments {
    time: Duration,
    seed: u64,
    keep: Option<PathBuf>,
}

fn arguments() -> Option<Arguments> {
    let mut arguments = Arguments {
        time: Duration::from_mins(1),
        seed: 1,
        keep: None,
    };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        let value = args.next()?;
        match name.as_str() {
            "--seconds" => arguments.time = Duration::from_secs(value.parse().ok()?),
            "--seed" => arguments.seed = value.parse().ok()?,
            "--keep" => arguments.keep = Some(value.into()),
            _ => return None,
        }
    }
    Some(arguments)
}

fn main() -> ExitCode {
    let Some(arguments) = arguments() else {
        println!("usage: fuzz [--seconds N] [--seed N] [--keep FOLDER]");
        return ExitCode::from(2);
    };
    let mut fuzzer = Fuzzer::new(&arguments);
    let start = Instant::now();
    while start.elapsed() < arguments.time {
        if let Err(finding) = fuzzer.try_next() {
            println!("{finding}");
            return ExitCode::FAILURE;
        }
    }
    println!(
        "{} charts in {:?}, {} outcomes, slowest {:?}, no finding",
        fuzzer.runs,
        start.elapsed(),
        fuzzer.outcomes.len(),
        fuzzer.slowest
    );
    ExitCode::SUCCESS
}

struct Fuzzer {
    random: StdRng,
    corpus: Vec<Files>,
    keep: Option<PathBuf>,
    outcomes: HashSet<String>,
    runs: u64,
    slowest: Duration,
}

impl Fuzzer {
    fn new(arguments: &Arguments) -> Self {
        let seed = SEED
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        let mut corpus = vec![seed.collect()];
        corpus.extend(kept_charts());
        Self {
            random: StdRng::seed_from_u64(arguments.seed),
            corpus,
            keep: arguments.keep.clone(),
            outcomes: HashSet::new(),
            runs: 0,
            slowest: Duration::ZERO,
        }
    }

    fn pick(&mut self, below: usize) -> usize {
        self.random.random_range(0..below.max(1))
    }

    /// Tries a chart of the corpus with a few changes, as a folder or as an archive.
    fn try_next(&mut self) -> Result<(), String> {
        let at = self.pick(self.corpus.len());
        let mut files = self.corpus[at].clone();
        for _ in 0..=self.pick(5) {
            self.change(&mut files);
        }
        let options = self.options();
        let as_folder = Tree::from_files(files.iter().cloned()).ok();
        let (tree, chart, archive) = match as_folder {
            Some(tree) if self.pick(4) > 0 => (tree, TreePath::root(), packed(&files)),
            _ => {
                let archive = self.archive(&files);
                let tree =
                    Tree::from_files([(ARCHIVE, archive.clone())]).map_err(|error| error.to_string())?;
                (tree, TreePath::root().child(ARCHIVE), archive)
            }
        };
        let outcome = self.timed(|| render(&tree, &chart, &options));
        let outcome = outcome.map_err(|finding| {
            let sets = &options.values.set;
            format!("{finding}: {sets:?} {}", shown(&files, &archive))
        })?;
        if self.outcomes.insert(outcome) && self.corpus.len() < 5_000 {
            self.corpus.push(files);
            self.keep(&archive);
        }
        Ok(())
    }

    fn timed(&mut self, run: impl FnOnce() -> String) -> Result<String, String> {
        self.runs += 1;
        let start = processor_time();
        let outcome = catch_unwind(AssertUnwindSafe(run));
        let took = processor_time().saturating_sub(start);
        self.slowest = self.slowest.max(took);
        match outcome {
            Err(_) => Err("panic".to_owned()),
            Ok(_) if took > SLOWEST => Err(format!("took {took:?}")),
            Ok(outcome) => Ok(outcome),
        }
    }

    fn change(&mut self, files: &mut Files) {
        let at = self.pick(files.len());
        match self.pick(12) {
            0 if files.len() > 1 => drop(files.remove(at)),
            1 => {
                let other = self.pick(self.corpus.len());
                let other = &self.corpus[other];
                if let Some(file) = other.get(self.random.random_range(0..=other.len())) {
                    files.push(file.clone());
                }
            }
            2 => NAMES[self.pick(NAMES.len())].clone_into(&mut files[at].0),
            3 => {
                let inner = packed(files);
                files[at] = ("charts/s.tgz".to_owned(), inner);
            }
            _ if !files.is_empty() => {
                let mut text = std::mem::take(&mut files[at].1);
                self.change_bytes(&mut text);
                files[at].1 = text;
            }
            _ => {}
        }
        files.truncate(30);
    }

    fn change_bytes(&mut self, text: &mut Vec<u8>) {
        let from = self.pick(text.len() + 1);
        let to = (from + self.pick(16)).min(text.len());
        let piece = PIECES[self.pick(PIECES.len())].bytes();
        match self.pick(8) {
            0 => drop(text.drain(from..to)),
            1 => {
                let byte = self.random.random();
                text.insert(from, byte);
            }
            2 => {
                let part = text[from..to].repeat(self.random.random_range(1..20));
                text.splice(from..from, part);
            }
            3 => drop(text.splice(from..to, piece)),
            _ => drop(text.splice(from..from, piece)),
        }
        text.truncate(LONGEST);
    }

    /// An archive whose bytes are changed before or after they are compressed.
    fn archive(&mut self, files: &Files) -> Vec<u8> {
        let mut bytes = tar_of(files);
        for _ in 0..self.pick(4) {
            // the header of some entry: names, sizes, kinds
            let at = self.pick(bytes.len() / 512 + 1) * 512 + self.pick(512);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = self.random.random();
                renew_checksum(&mut bytes, at / 512 * 512);
            }
        }
        let mut archive = gzip(&bytes);
        if self.pick(4) == 0 {
            self.change_bytes(&mut archive);
        }
        archive
    }

    fn options(&mut self) -> Options {
        let mut options = Options {
            randomness: Randomness::Seeded {
                seed: 1,
                clock: SystemTime::UNIX_EPOCH,
            },
            include_crds: true,
            limits: Limits {
                templates: gotemplate::Limits {
                    steps: 100_000,
                    depth: 200,
                    text: 1 << 20,
                    allocated: 32 << 20,
                    regex: 1 << 18,
                },
                ..Limits::default()
            },
            ..Options::default()
        };
        if self.pick(3) == 0 {
            let mut set = b"a.b[0]=x,n=1,t.e={p,q},a\\.b=null".to_vec();
            for _ in 0..self.pick(5) {
                self.change_bytes(&mut set);
            }
            options
                .values
                .set
                .push(String::from_utf8_lossy(&set).into_owned());
        }
        options
    }

    fn keep(&self, archive: &[u8]) {
        let Some(folder) = &self.keep else { return };
        if archive.len() > MAX_KEPT {
            return;
        }
        let name = format!("{:06}.tgz", self.outcomes.len());
        if let Err(error) = std::fs::write(folder.join(name), archive) {
            println!("failed to keep a chart: {error}");
        }
    }
}

/// Renders; the outcome without names, numbers and places, so that alike ones count once.
fn render(tree: &Tree, chart: &TreePath, options: &Options) -> String {
    match template(tree, chart, options) {
        Ok(rendered) => format!(
            "{} objects, {} hooks, {} definitions, {} notes",
            rendered.objects.len(),
            rendered.hooks.len(),
            rendered.definitions.len(),
            rendered.notes.len().min(1)
        ),
        Err(error) => shape(&error.helm_text()),
    }
}

/// The first and the last words of a message, without what they are about.
fn shape(message: &str) -> String {
    let mut quoted = false;
    let words: String = message
        .trim_end_matches("\n\nUse --debug flag to render out invalid YAML")
        .chars()
        .filter(|&character| {
            quoted ^= character == '"';
            !quoted && !character.is_ascii_digit()
        })
        .collect();
    let first: String = words.chars().take(24).collect();
    let last: String = words.chars().rev().take(24).collect();
    format!("{first}…{last}")
}

fn tar_of(files: &Files) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, data) in files {
        let mut header = tar::Header::new_gnu();
        let name = format!("c/{name}");
        let field = &mut header.as_old_mut().name;
        let length = name.len().min(field.len());
        field[..length].copy_from_slice(&name.as_bytes()[..length]);
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        // writing to a vector cannot fail
        let _ = tar.append(&header, data.as_slice());
    }
    tar.into_inner().unwrap_or_default()
}

/// Makes the header at a place valid again.
fn renew_checksum(bytes: &mut [u8], at: usize) {
    let Some(block) = bytes.get_mut(at..at + 512) else {
        return;
    };
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // writing to a vector cannot fail
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

fn packed(files: &Files) -> Vec<u8> {
    gzip(&tar_of(files))
}

/// The charts that were worth keeping.
fn kept_charts() -> Vec<Files> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/helm-fuzz");
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    paths.sort();
    let archives = paths.iter().filter_map(|path| std::fs::read(path).ok());
    let unpacked = archives.filter_map(|archive| helm::chart::unpack(&archive).ok());
    unpacked
        .map(|files| {
            let files = files.into_iter();
            files.map(|file| (file.name, file.data.to_vec())).collect()
        })
        .collect()
}

/// What this process has had of the processor; a machine that is busy with other work does not count. Nothing
/// where that cannot be told.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn shown(files: &Files, archive: &[u8]) -> String {
    let texts: Vec<_> = files
        .iter()
        .map(|(name, data)| (name, String::from_utf8_lossy(data)))
        .collect();
    format!("{texts:?}\narchive: {archive:?}")
}
