//! Reading and writing 4 MB of custom resource definitions.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::Value;
use yaml::Reader;

/// How large the text is, at least.
const SIZE: usize = 4 << 20;

const WORDS: [&str; 24] = [
    "The",
    "list",
    "of",
    "values",
    "for",
    "which",
    "this",
    "field",
    "applies",
    "when",
    "the",
    "controller",
    "reconciles",
    "an",
    "object",
    "and",
    "its",
    "owner:",
    "see",
    "https://kubernetes.io/docs/concepts",
    "must",
    "not",
    "be",
    "negative.",
];

fn bench(criterion: &mut Criterion) {
    let text = Generator::new().definitions();
    let bytes = text.as_bytes();
    let values: Vec<Value> = yaml::documents(bytes, Reader::V3)
        .map(|document| document.expect("the text is sound").value)
        .collect();
    let mut group = criterion.benchmark_group("crds");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    for (name, reader) in [("read v2", Reader::V2), ("read v3", Reader::V3)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let mut documents = yaml::documents(black_box(bytes), reader);
                documents.all(|document| document.is_ok())
            });
        });
    }
    group.bench_function("read nodes", |bencher| {
        bencher.iter(|| {
            let mut documents = yaml::nodes(black_box(bytes), Reader::V3);
            documents.all(|document| document.is_ok())
        });
    });
    let mut written = String::new();
    for value in &values {
        yaml::append(&mut written, value, yaml::Style::Compact);
    }
    group.throughput(Throughput::Bytes(written.len() as u64));
    group.bench_function("write", |bencher| {
        bencher.iter(|| {
            written.clear();
            for value in &values {
                yaml::append(&mut written, black_box(value), yaml::Style::Compact);
            }
        });
    });
    group.finish();
}

/// Makes schemas like those that controller-gen writes, the same every time.
struct Generator {
    state: u64,
    text: String,
}

impl Generator {
    fn new() -> Self {
        Self {
            state: 7,
            text: String::new(),
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.state >> 33) as usize % bound
    }

    fn line(&mut self, indent: usize, text: &str) {
        self.text.extend([" ".repeat(indent).as_str(), text, "\n"]);
    }

    fn definitions(mut self) -> String {
        while self.text.len() < SIZE {
            self.line(0, "---");
            self.line(0, "apiVersion: apiextensions.k8s.io/v1");
            self.line(0, "kind: CustomResourceDefinition");
            self.line(0, "metadata:");
            self.line(2, "name: widgets.example.com");
            self.line(0, "spec:");
            self.line(2, "versions:");
            self.line(2, "- name: v1");
            self.line(4, "schema:");
            self.line(6, "openAPIV3Schema:");
            for _ in 0..20 {
                self.schema(8, 0);
            }
        }
        self.text
    }

    fn schema(&mut self, indent: usize, depth: usize) {
        let name = format!("field{}:", self.text.len());
        self.line(indent, &name);
        let indent = indent + 2;
        self.description(indent);
        match self.below(if depth < 7 { 4 } else { 2 }) {
            0 => self.line(indent, "type: string"),
            1 => {
                self.line(indent, "format: int32");
                self.line(indent, "minimum: 0");
                self.line(indent, "type: integer");
            }
            2 => {
                self.line(indent, "enum:");
                self.line(indent, "- Always");
                self.line(indent, "- \"\"");
                self.line(indent, "type: string");
            }
            _ => {
                self.line(indent, "properties:");
                for _ in 0..2 + self.below(6) {
                    self.schema(indent + 2, depth + 1);
                }
                self.line(indent, "type: object");
            }
        }
    }

    fn description(&mut self, indent: usize) {
        let literal = self.below(2) == 0;
        let mut line = String::from(if literal {
            "description: |-"
        } else {
            "description:"
        });
        let width = if literal { 0 } else { 80 };
        let mut inner = indent;
        for count in 0..5 + self.below(55) {
            let word = WORDS[self.below(WORDS.len())].trim_end_matches(if literal { '\0' } else { ':' });
            let full = if literal {
                count % 14 == 0
            } else {
                inner + line.len() + word.len() >= width
            };
            if full {
                self.line(inner, &line);
                inner = indent + 2;
                line.clear();
            } else {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(inner, &line);
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
