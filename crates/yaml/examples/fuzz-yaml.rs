//! Reads texts that are made from others by chance, for as long as it is told to.
//!
//! `cargo run --release -p yaml --example fuzz-yaml -- --seconds 600 --seed 1`. It starts from the recorded cases and
//! from `testdata/yaml/corpus`, and goes on from every text of which a document was read in a way not seen before;
//! with `--keep` those are put into that folder. It ends with the text that takes too long, whose values do not
//! come back when they are written and read again, or that panics.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use yaml::Reader;

/// How much processor time one text may take; none is longer than [`MAX_TEXT`].
const MAX_TIME: Duration = Duration::from_millis(500);
const MAX_TEXT: usize = 64 << 10;

/// No longer text is put into the folder.
const MAX_KEPT: usize = 200;

/// What YAML is made of.
const TOKENS: [&str; 64] = [
    " ",
    "  ",
    "\n",
    "\t",
    ":",
    ": ",
    "- ",
    "-",
    "? ",
    "?",
    "#",
    " #",
    "{",
    "}",
    "[",
    "]",
    ",",
    ", ",
    "&a ",
    "*a",
    "*a ",
    "!!str ",
    "!!int ",
    "!!binary ",
    "! ",
    "!x ",
    "|\n",
    ">\n",
    "|-\n",
    ">+2\n",
    "'",
    "\"",
    "\\",
    "---\n",
    "...\n",
    "--- ",
    "%YAML 1.1\n",
    "%TAG ! x\n",
    "<<: ",
    "<<: *a\n",
    "\r",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "é",
    "\u{1F600}",
    "\0",
    "~",
    "null",
    "true",
    "yes",
    "0",
    "1_0",
    ".5",
    "2020-01-01",
    "a: ",
    "b:\n",
    "@",
    "`",
    "%",
    "\n  ",
    "\n    ",
    "\n\t",
];

fn main() -> anyhow::Result<()> {
    let options = Options::parse()?;
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../testdata/yaml"]
        .iter()
        .collect();
    let mut fuzzer = Fuzzer {
        random: StdRng::seed_from_u64(options.seed),
        corpus: seeds(&folder)?,
        seen: HashSet::new(),
    };
    for text in fuzzer.corpus.clone() {
        fuzzer.seen.extend(try_text(&text)?);
    }
    let start = Instant::now();
    let mut tried = 0_u64;
    let mut kept = 0;
    while start.elapsed() < Duration::from_secs(options.seconds) {
        let text = fuzzer.next();
        tried += 1;
        let known = fuzzer.seen.len();
        fuzzer.seen.extend(try_text(&text)?);
        if fuzzer.seen.len() > known {
            kept += 1;
            if options.keep && text.len() <= MAX_KEPT {
                std::fs::write(
                    folder
                        .join("corpus")
                        .join(format!("{}-{kept}.yaml", options.seed)),
                    &text,
                )?;
            }
            fuzzer.corpus.push(text);
        }
    }
    println!(
        "{tried} texts in {:?}, {kept} of them read in a new way; no finding",
        start.elapsed()
    );
    Ok(())
}

struct Options {
    seconds: u64,
    seed: u64,
    keep: bool,
}

impl Options {
    fn parse() -> anyhow::Result<Self> {
        let mut options = Self {
            seconds: 10,
            seed: 1,
            keep: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut number = || {
                arguments
                    .next()
                    .context("a number is missing")?
                    .parse()
                    .context("no number")
            };
            match argument.as_str() {
                "--seconds" => options.seconds = number()?,
                "--seed" => options.seed = number()?,
                "--keep" => options.keep = true,
                other => bail!("unknown argument {other}"),
            }
        }
        Ok(options)
    }
}

fn seeds(folder: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    for line in std::fs::read_to_string(folder.join("cases.jsonl"))?.lines() {
        let case: Value = serde_json::from_str(line)?;
        if let Some(text) = case["text"].as_str() {
            seeds.push(text.as_bytes().to_vec());
        } else if let Some(encoded) = case["base64"].as_str() {
            seeds.push(STANDARD.decode(encoded)?);
        }
    }
    let mut files: Vec<_> = std::fs::read_dir(folder.join("corpus"))?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        seeds.push(std::fs::read(file.path())?);
    }
    Ok(seeds)
}

struct Fuzzer {
    random: StdRng,
    corpus: Vec<Vec<u8>>,
    seen: HashSet<String>,
}

impl Fuzzer {
    /// A text of the corpus with a few changes.
    fn next(&mut self) -> Vec<u8> {
        let mut text = self.pick();
        if self.random.random_ratio(1, 5) {
            text.extend(self.pick());
        }
        for _ in 0..self.random.random_range(1..8) {
            self.change(&mut text);
        }
        text.truncate(MAX_TEXT);
        text
    }

    fn pick(&mut self) -> Vec<u8> {
        self.corpus.choose(&mut self.random).cloned().unwrap_or_default()
    }

    fn change(&mut self, text: &mut Vec<u8>) {
        let token = TOKENS
            .choose(&mut self.random)
            .map_or(&[][..], |token| token.as_bytes());
        let from = self.random.random_range(0..=text.len());
        let to = (from + self.random.random_range(0..12)).min(text.len());
        match self.random.random_range(0..10) {
            0..=4 => drop(text.splice(from..from, token.iter().copied())),
            5..=6 => drop(text.drain(from..to)),
            7 => drop(text.splice(from..to, token.iter().copied())),
            8 => {
                let part = text[from..to].repeat(self.random.random_range(1..20));
                text.splice(from..from, part);
            }
            _ => {
                let byte = self.random.random();
                text.insert(from, byte);
            }
        }
    }
}

/// Reads a text by both rule sets; says in what ways its documents were read.
fn try_text(text: &[u8]) -> anyhow::Result<BTreeSet<String>> {
    let start = processor_time();
    let mut ways = BTreeSet::new();
    for reader in [Reader::V2, Reader::V3] {
        for document in yaml::documents(text, reader) {
            ways.insert(match document {
                Ok(document) => {
                    come_back(&document.value).with_context(|| show(text))?;
                    outline(&document.value)
                }
                Err(error) => words(&error.problem),
            });
        }
        for node in yaml::nodes(text, reader).flatten() {
            let mut written = String::new();
            yaml::append_node(&mut written, &node.node, yaml::Style::Compact);
            if written != yaml::to_string(&node.node.into_value()) {
                bail!("a node and its value are written differently: {}", show(text));
            }
        }
    }
    let time = processor_time().saturating_sub(start);
    if time > MAX_TIME {
        bail!("{time:?} for {}", show(text));
    }
    Ok(ways)
}

/// What this process has had of the processor; a machine that is busy with other work does not count. Nothing
/// where that cannot be told.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// The words of a problem without what they are about.
fn words(problem: &str) -> String {
    let words = problem.split(['`', '\'', '"', ':']).next().unwrap_or_default();
    words
        .chars()
        .filter(|character| !character.is_ascii_digit())
        .collect()
}

fn come_back(value: &Value) -> anyhow::Result<()> {
    if has_merge_key(value) {
        return Ok(());
    }
    let written = yaml::to_string(value);
    match yaml::from_slice(written.as_bytes(), Reader::V2) {
        Ok(read) if read == *value => Ok(()),
        Ok(_) => bail!("another value was read from {written:?}"),
        Err(error) => bail!("{error} in {written:?}"),
    }
}

/// Whether a key is `<<`, which go-yaml writes without quotes and reads as a merge.
fn has_merge_key(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_merge_key),
        Value::Object(map) => map.iter().any(|(key, value)| key == "<<" || has_merge_key(value)),
        _ => false,
    }
}

/// The kind of a value, and that of the first things in it.
fn outline(value: &Value) -> String {
    let mut outline = String::from(kind(value));
    match value {
        Value::Array(items) => outline.extend(items.first().map(kind)),
        Value::Object(map) => outline.extend(map.values().next().map(kind)),
        _ => {}
    }
    outline
}

fn kind(value: &Value) -> char {
    match value {
        Value::Null => '~',
        Value::Bool(_) => 'b',
        Value::Number(number) if number.is_f64() => 'f',
        Value::Number(_) => 'i',
        Value::String(_) => 's',
        Value::Array(_) => '[',
        Value::Object(_) => '{',
    }
}

fn show(text: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(text))
}
