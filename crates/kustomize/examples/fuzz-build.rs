//! Builds kustomizations that are made from others by chance, for as long as it is told to.
//!
//! `cargo run --release -p kustomize --example fuzz-build -- --seconds 600 --seed 1`. It starts from the cases of
//! `testdata/kustomize` and from `testdata/kustomize-fuzz`, and goes on from every tree that was built, or failed,
//! in a way not seen before; with `--keep` the small ones are put into that folder. It ends with the tree that
//! takes too long, makes too much, whose output is no YAML, or that panics; the tree that is being built is in
//! `--last FILE`, so that it is there even when the process was killed.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use kustomize::{LoadRestrictions, Options};
use manifest::{Tree, TreePath};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, IteratorRandom as _};
use rand::{RngExt as _, SeedableRng as _};
use yaml::Reader;

/// How much processor time one build may take; no file is longer than [`MAX_TEXT`].
const MAX_TIME: Duration = Duration::from_secs(2);
const MAX_TEXT: usize = 16 << 10;
const MAX_FILES: usize = 12;
/// How much one build may print.
const MAX_OUTPUT: usize = 16 << 20;
/// How much memory the process may ever have had, in KiB.
const MAX_MEMORY: u64 = 1 << 20;

/// No larger tree is put into the folder.
const MAX_KEPT: usize = 1200;

/// What kustomizations are made of.
const WORDS: &[&str] = &[
    "\n",
    "  ",
    "- ",
    ": ",
    "{}",
    "[]",
    "null",
    "''",
    "*a",
    "&a ",
    "<<: *a",
    "---\n",
    "#",
    "../",
    "./",
    "|-\n",
    "!!str ",
    "!!binary ",
    "1e3",
    "-1",
    "99999999999999999999",
    "true",
    "\u{feff}",
    "é",
    "*",
    "(a|b)*",
    "[name=a]",
    ".0",
    ".-",
    ".*",
    "$(A)",
    "$$(A)",
    "a.b\\.c",
    "$patch: delete",
    "$patch: replace",
    "$patch: merge",
    "kind: List\nitems:\n",
    "kind: Component\n",
    "name: a\n",
    "namespace: b\n",
    "resources: [.]\n",
    "resources: [a]\n",
    "components: [a]\n",
    "bases: [a]\n",
    "namePrefix: p-\n",
    "nameSuffix: -s\n",
    "namespace: n\n",
    "commonLabels: {a: b}\n",
    "labels: [{pairs: {a: b}, includeSelectors: true, includeTemplates: true}]\n",
    "commonAnnotations: {a: b}\n",
    "buildMetadata: [originAnnotations, transformerAnnotations, managedByLabel]\n",
    "configMapGenerator: [{name: a, literals: [a=b], behavior: merge}]\n",
    "secretGenerator: [{name: a, envs: [a], files: [a, b=a], type: x}]\n",
    "generatorOptions: {disableNameSuffixHash: true, immutable: true, labels: {a: b}}\n",
    "images: [{name: a, newName: b, newTag: c, digest: d, tagSuffix: e}]\n",
    "replicas: [{name: a, count: 2}]\n",
    "patches: [{path: a, target: {kind: .*, labelSelector: 'a in (b)'}, options: {allowNameChange: true}}]\n",
    "patches: [{target: {kind: A}, patch: '[{op: move, from: /a, path: /a/b}]'}]\n",
    "patchesJson6902: [{target: {kind: A, name: a, version: v1}, path: a}]\n",
    "patchesStrategicMerge: [a]\n",
    "replacements: [{source: {kind: A, fieldPath: a.b, options: {delimiter: '.', index: 1}}, targets: [{select: {kind: A}, fieldPaths: [a.0.b], options: {create: true}}]}]\n",
    "replacements: [{sourceValue: x, targets: [{select: {kind: .*}, fieldPaths: ['data.a.b', 'spec.*.[name=x].y'], options: {create: true, encoding: base64}}]}]\n",
    "vars: [{name: A, objref: {apiVersion: v1, kind: A, name: a}, fieldref: {fieldpath: a.b}}]\n",
    "configurations: [a]\n",
    "crds: [a]\n",
    "openapi: {path: a}\n",
    "sortOptions: {order: legacy, legacySortOptions: {orderFirst: [A], orderLast: [B]}}\n",
    "generators: [a]\n",
    "transformers: [a]\n",
    "validators: [a]\n",
    "transformers: ['{apiVersion: builtin, kind: LabelTransformer, metadata: {name: x}, labels: {a: b}, fieldSpecs: [{path: a/b[]/c, create: true}]}']\n",
    "helmCharts: [{name: a}]\n",
];

fn main() -> anyhow::Result<()> {
    let options = Arguments::parse()?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata");
    let mut fuzzer = Fuzzer {
        random: StdRng::seed_from_u64(options.seed),
        corpus: seeds(&folder)?,
        last: options.last.clone(),
    };
    let mut seen = HashSet::new();
    for files in fuzzer.corpus.clone() {
        seen.extend(try_build(&files)?);
    }
    let start = Instant::now();
    let (mut tried, mut kept) = (0_u64, 0);
    while start.elapsed() < Duration::from_secs(options.seconds) {
        let files = fuzzer.next();
        if let Some(last) = &fuzzer.last {
            fs::write(last, show(&files))?;
        }
        tried += 1;
        let known = seen.len();
        seen.extend(try_build(&files)?);
        if seen.len() > known {
            kept += 1;
            let size: usize = files.values().map(Vec::len).sum();
            if options.keep && size <= MAX_KEPT && fits_a_disk(&files) {
                keep(
                    &folder.join(format!("kustomize-fuzz/{}-{kept}", options.seed)),
                    &files,
                )?;
            }
            fuzzer.corpus.push(files);
        }
    }
    println!(
        "{tried} trees in {:?}, {kept} of them built or refused in a new way, {} MiB at most; no finding",
        start.elapsed(),
        memory_peak() >> 10,
    );
    Ok(())
}

struct Arguments {
    seconds: u64,
    seed: u64,
    keep: bool,
    last: Option<PathBuf>,
}

impl Arguments {
    fn parse() -> anyhow::Result<Self> {
        let mut options = Self {
            seconds: 10,
            seed: 1,
            keep: false,
            last: None,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().context("a value is missing");
            match argument.as_str() {
                "--seconds" => options.seconds = value()?.parse()?,
                "--seed" => options.seed = value()?.parse()?,
                "--keep" => options.keep = true,
                "--last" => options.last = Some(value()?.into()),
                other => bail!("unknown argument {other}"),
            }
        }
        Ok(options)
    }
}

/// The files of a kustomization, by path; the one at the root is built.
type Files = BTreeMap<String, Vec<u8>>;

fn seeds(folder: &Path) -> anyhow::Result<Vec<Files>> {
    let mut seeds = Vec::new();
    for set in ["kustomize", "kustomize-fuzz"] {
        let Ok(listed) = fs::read_dir(folder.join(set)) else {
            continue;
        };
        let mut cases: Vec<_> = listed.collect::<Result<_, _>>()?;
        cases.sort_by_key(fs::DirEntry::file_name);
        for case in cases {
            let tree = Tree::directory(case.path());
            let mut files = Files::new();
            for path in tree.files_below(&TreePath::root())? {
                if !path.as_str().starts_with("/expected.") {
                    files.insert(path.relative().to_owned(), tree.read(&path)?.to_vec());
                }
            }
            seeds.push(files);
        }
    }
    Ok(seeds)
}

/// Whether no path is both a file and a folder, as a tree in memory may have it.
fn fits_a_disk(files: &Files) -> bool {
    let is_folder = |path: &String| {
        let below = |other: &String| other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        files.keys().any(below)
    };
    !files.keys().any(is_folder)
}

fn keep(folder: &Path, files: &Files) -> anyhow::Result<()> {
    for (path, text) in files {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().context("a file has a folder")?)?;
        fs::write(place, text)?;
    }
    Ok(())
}

struct Fuzzer {
    random: StdRng,
    corpus: Vec<Files>,
    last: Option<PathBuf>,
}

impl Fuzzer {
    /// A tree of the corpus with a few changes.
    fn next(&mut self) -> Files {
        let mut files = self.pick();
        if self.random.random_ratio(1, 6) {
            for (path, text) in self.pick() {
                files.entry(path).or_default().extend(text);
            }
        }
        for _ in 0..self.random.random_range(1..6) {
            self.change_tree(&mut files);
        }
        while files.len() > MAX_FILES {
            files.pop_last();
        }
        for text in files.values_mut() {
            text.truncate(MAX_TEXT);
        }
        files
    }

    fn pick(&mut self) -> Files {
        self.corpus.choose(&mut self.random).cloned().unwrap_or_default()
    }

    fn change_tree(&mut self, files: &mut Files) {
        let Some(path) = files.keys().choose(&mut self.random).cloned() else {
            files.insert("kustomization.yaml".to_owned(), Vec::new());
            return;
        };
        match self.random.random_range(0..24) {
            0 => drop(files.remove(&path)),
            1 => {
                let text = files[&path].clone();
                let name = ["a", "a/kustomization.yaml", "kustomization.yml", "a.yaml"];
                let name = *name.choose(&mut self.random).unwrap_or(&"a");
                files.insert(name.to_owned(), text);
            }
            2 => {
                let from = files[&path].clone();
                let lines: Vec<&[u8]> = from.split_inclusive(|byte| *byte == b'\n').collect();
                let line = lines
                    .choose(&mut self.random)
                    .map_or(Vec::new(), |line| line.to_vec());
                if let Some(text) = files.values_mut().choose(&mut self.random) {
                    splice_line(text, &line, &mut self.random);
                }
            }
            3..8 => self.change_text(files.entry("kustomization.yaml".to_owned()).or_default()),
            _ => self.change_text(files.entry(path).or_default()),
        }
    }

    fn change_text(&mut self, text: &mut Vec<u8>) {
        let word = WORDS
            .choose(&mut self.random)
            .map_or(&[][..], |word| word.as_bytes());
        let from = self.random.random_range(0..=text.len());
        let to = (from + self.random.random_range(0..12)).min(text.len());
        match self.random.random_range(0..12) {
            0..4 => splice_line(text, word, &mut self.random),
            4..6 => drop(text.splice(from..from, word.iter().copied())),
            6 => drop(text.drain(from..to)),
            7 => drop(text.splice(from..to, word.iter().copied())),
            8 => {
                let part = text[from..to].repeat(self.random.random_range(1..20));
                text.splice(from..from, part);
            }
            9 => remove_line(text, &mut self.random),
            10 => {
                // the word of one place in another
                let word = text[from..to].to_vec();
                let place = self.random.random_range(0..=text.len());
                text.splice(place..place, word);
            }
            _ => text.insert(from, self.random.random()),
        }
    }
}

/// Where lines of a text start.
fn starts(text: &[u8]) -> Vec<usize> {
    let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
}

fn splice_line(text: &mut Vec<u8>, line: &[u8], random: &mut StdRng) {
    let at = starts(text).choose(random).copied().unwrap_or_default();
    text.splice(at..at, line.iter().copied());
}

fn remove_line(text: &mut Vec<u8>, random: &mut StdRng) {
    let starts = starts(text);
    let index = random.random_range(0..starts.len());
    let end = starts.get(index + 1).copied().unwrap_or(text.len());
    text.drain(starts[index]..end);
}

/// Builds a tree with and without restrictions; says in what ways that went.
fn try_build(files: &Files) -> anyhow::Result<BTreeSet<String>> {
    let tree = Tree::from_files(files.iter().map(|(path, text)| (path.as_str(), text.clone())))?;
    let mut ways = BTreeSet::new();
    for load_restrictions in [LoadRestrictions::RootOnly, LoadRestrictions::None] {
        let options = Options {
            load_restrictions,
            ..Options::default()
        };
        let start = processor_time();
        let way = match kustomize::build(&tree, &TreePath::root(), &options) {
            Ok(built) => {
                let text = built.to_yaml();
                if text.len() > MAX_OUTPUT {
                    bail!("{} bytes from {}", text.len(), show(files));
                }
                let values = built.into_values();
                let read = yaml::documents(text.as_bytes(), Reader::V2).collect::<Result<Vec<_>, _>>();
                let read = read.with_context(|| format!("{text}\nfrom {}", show(files)))?;
                if read.len() != values.len() {
                    bail!(
                        "{} objects became {} documents: {}",
                        values.len(),
                        read.len(),
                        show(files)
                    );
                }
                let kinds: BTreeSet<_> = values.iter().map(|value| value["kind"].as_str()).collect();
                format!("{kinds:?} {}", text.len().checked_ilog2().unwrap_or_default())
            }
            Err(error) => words(&error.to_string()),
        };
        let time = processor_time().saturating_sub(start);
        if time > MAX_TIME {
            bail!("{time:?} for {}", show(files));
        }
        ways.insert(way);
    }
    if memory_peak() > MAX_MEMORY {
        bail!("{} KiB of memory for {}", memory_peak(), show(files));
    }
    Ok(ways)
}

/// The words of an error without what they are about.
fn words(problem: &str) -> String {
    let mut quoted = false;
    let plain = problem.chars().filter(|character| {
        let quote = matches!(character, '\'' | '"' | '`');
        quoted ^= quote;
        !quoted && !quote && !character.is_ascii_digit()
    });
    plain.take(160).collect()
}

/// What this process has had of the processor; a machine that is busy with other work does not count. Nothing
/// where that cannot be told.
fn processor_time() -> Duration {
    let text = fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// The most memory that this process ever had, in KiB; 0 where that cannot be told.
fn memory_peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

fn show(files: &Files) -> String {
    let shown = files
        .iter()
        .map(|(path, text)| format!("=== {path}\n{:?}\n", String::from_utf8_lossy(text)));
    shown.collect()
}
