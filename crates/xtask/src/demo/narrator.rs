//! The voice of the demo: chapters, sentences, commands and what they print.

use std::io::{IsTerminal, stdout};
use std::time::Instant;

use crate::terminal::line;

/// Tells what happens and since when.
#[derive(Debug)]
pub(super) struct Narrator {
    begin: Instant,
    chapter: u32,
    bold: bool,
}

impl Narrator {
    pub(super) fn new() -> Self {
        Self {
            begin: Instant::now(),
            chapter: 0,
            bold: stdout().is_terminal(),
        }
    }

    /// Opens a chapter.
    pub(super) fn chapter(&mut self, title: &str) {
        self.chapter += 1;
        let seconds = self.begin.elapsed().as_secs_f64();
        line(
            format!("\n{}", self.strong(&format!("{}. {title}", self.chapter)))
                + &format!("  ({seconds:.0} s)"),
        );
    }

    /// Shows a command as one would type it.
    pub(super) fn command(&self, command: &str) {
        line(format!("   {}", self.strong(&format!("$ {command}"))));
    }

    fn strong(&self, text: &str) -> String {
        if self.bold {
            format!("\u{1b}[1m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Says one sentence.
pub(super) fn say(sentence: &str) {
    line(format!("   {sentence}"));
}

/// Shows what a command printed.
pub(super) fn output(output: &str) {
    for text in output.trim_end().lines() {
        line(format!("     {text}"));
    }
}
