//! What a command printed on a terminal, as an SVG for the README.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const CHARACTER: usize = 8;
const LINE: usize = 19;
const MARGIN: usize = 20;
const HEAD: usize = 36;
const FONT: &str =
    "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace";
const FOREGROUND: &str = "#d6deeb";

/// Writes the picture of a command and its output, which may hold colours as a terminal understands them.
pub(super) fn write(file: &Path, command: &str, output: &str) -> Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))?;
    fs::write(file, svg(command, output)).with_context(|| format!("failed to write {}", file.display()))
}

fn svg(command: &str, output: &str) -> String {
    let prompt = format!("\u{1b}[2m$\u{1b}[0m \u{1b}[1m{command}\u{1b}[0m");
    let lines: Vec<Vec<Span>> = std::iter::once(prompt.as_str())
        .chain([""])
        .chain(output.trim_end().lines())
        .map(spans)
        .collect();
    let columns = lines
        .iter()
        .map(|line| line.iter().map(|span| span.text.chars().count()).sum());
    let columns: usize = columns.max().unwrap_or_default();
    let (width, height) = (
        columns * CHARACTER + 2 * MARGIN + CHARACTER,
        lines.len() * LINE + HEAD + MARGIN,
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#0b1622\"/>\n"
    );
    for (index, color) in ["#ff5f57", "#febc2e", "#28c840"].into_iter().enumerate() {
        let _ = writeln!(
            svg,
            "<circle cx=\"{}\" cy=\"18\" r=\"5.5\" fill=\"{color}\"/>",
            22 + index * 18
        );
    }
    let _ = writeln!(
        svg,
        "<g font-family=\"{FONT}\" font-size=\"13.3\" fill=\"{FOREGROUND}\">"
    );
    for (index, line) in lines.iter().enumerate() {
        draw(&mut svg, line, HEAD + LINE * (index + 1) - 4);
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

fn draw(svg: &mut String, line: &[Span], y: usize) {
    let mut column = 0;
    for span in line {
        let length = span.text.chars().count();
        if !span.text.trim().is_empty() {
            // a fixed length keeps columns in line whatever font is there
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{y}\" textLength=\"{}\"{}>{}</text>",
                MARGIN + column * CHARACTER,
                length * CHARACTER,
                span.style.attributes(),
                escaped(&span.text)
            );
        }
        column += length;
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        // blanks at the begin of a text would be dropped
        .replace(' ', "\u{a0}")
}

#[derive(Debug, PartialEq, Eq)]
struct Span {
    text: String,
    style: Style,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Style {
    color: Option<&'static str>,
    bold: bool,
    faint: bool,
}

impl Style {
    fn after(self, code: &str) -> Self {
        match code {
            "0" | "" => Self::default(),
            "1" => Self { bold: true, ..self },
            "2" => Self { faint: true, ..self },
            "31" => self.colored("#ff6e6e"),
            "32" => self.colored("#8bd649"),
            "33" => self.colored("#ffcb6b"),
            "36" => self.colored("#7fdbff"),
            _ => self,
        }
    }

    fn colored(self, color: &'static str) -> Self {
        Self {
            color: Some(color),
            ..self
        }
    }

    fn attributes(self) -> String {
        let color = self.color.map(|color| format!(" fill=\"{color}\""));
        let bold = if self.bold { " font-weight=\"bold\"" } else { "" };
        let faint = if self.faint { " fill-opacity=\"0.6\"" } else { "" };
        format!("{}{bold}{faint}", color.unwrap_or_default())
    }
}

/// A line of a terminal in pieces of one look each.
fn spans(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut style = Style::default();
    for (index, part) in line.split("\u{1b}[").enumerate() {
        let mut text = part;
        if index > 0
            && let Some((codes, rest)) = part.split_once('m')
        {
            style = codes.split(';').fold(style, Style::after);
            text = rest;
        }
        if !text.is_empty() {
            spans.push(Span {
                text: text.to_owned(),
                style,
            });
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_attributes_and_text_stays_text() {
        let line = spans("a \u{1b}[1;32m+b\u{1b}[0m c");
        let texts: Vec<_> = line
            .iter()
            .map(|span| (span.text.as_str(), span.style.attributes()))
            .collect();
        assert_eq!(
            texts,
            [
                ("a ", String::new()),
                ("+b", " fill=\"#8bd649\" font-weight=\"bold\"".to_owned()),
                (" c", String::new())
            ]
        );
        let svg = svg("glops diff", "<b> & c");
        assert!(svg.contains("&lt;b&gt;\u{a0}&amp;\u{a0}c"), "{svg}");
        assert!(svg.contains("glops\u{a0}diff"), "{svg}");
    }
}
