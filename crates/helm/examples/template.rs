//! Renders charts as `helm template NAME CHART --namespace NS` does, for comparisons with the real one.
//!
//! Each line of the input is a job: the folder or archive of a chart, the file that takes the output, and values files,
//! with tabs between them. An error is written as Helm prints it.

#![expect(clippy::print_stderr, reason = "an example that is run by hand")]

use std::io::BufRead;
use std::path::Path;
use std::time::{Duration, Instant};

use helm::{KubeVersion, Options, Release, template};
use manifest::{Tree, TreePath};

fn options(values: &[&str]) -> std::io::Result<Options> {
    let mut options = Options {
        release: Release {
            name: "rel".to_owned(),
            namespace: "ns".to_owned(),
            ..Release::default()
        },
        kube_version: KubeVersion::parse("v1.35.0").ok(),
        ..Options::default()
    };
    for file in values {
        let text = std::fs::read(file)?;
        options.values.files.push(((*file).to_owned(), text));
    }
    Ok(options)
}

fn rendered(chart: &Path, options: &Options) -> String {
    let (folder, name) = if chart.is_dir() {
        (chart, TreePath::root())
    } else {
        let name = chart.file_name().unwrap_or_default().to_string_lossy();
        let folder = chart.parent().unwrap_or_else(|| Path::new("."));
        (folder, TreePath::root().child(&name))
    };
    match template(&Tree::directory(folder), &name, options) {
        Ok(rendered) => rendered.text,
        Err(error) => format!("Error: {}\n", error.helm_text()),
    }
}

fn main() -> std::io::Result<()> {
    let mut slowest = (Duration::ZERO, String::new());
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let mut fields = line.split('\t');
        let (Some(chart), Some(out)) = (fields.next(), fields.next()) else {
            continue;
        };
        let values: Vec<&str> = fields.collect();
        let start = Instant::now();
        let text = rendered(Path::new(chart), &options(&values)?);
        let took = start.elapsed();
        std::fs::write(out, text)?;
        if took > slowest.0 {
            slowest = (took, chart.to_owned());
        }
    }
    eprintln!("slowest: {} in {:?}", slowest.1, slowest.0);
    Ok(())
}
