//! Where output goes: data to stdout, narration to stderr; the only place that prints.

use std::io::{self, IsTerminal as _, Write as _};

use crate::{
    cli::{ColorChoice, GlobalArgs},
    error::CommandError,
};

/// What a piece of text means; [`Ui`] knows how that looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Added,
    Removed,
    Changed,
    Faint,
    Bold,
    Warning,
    Bad,
}

impl Label {
    fn escape(self) -> &'static str {
        match self {
            Self::Added => "\x1b[32m",
            Self::Removed | Self::Bad => "\x1b[31m",
            Self::Changed => "\x1b[36m",
            Self::Faint => "\x1b[2m",
            Self::Bold => "\x1b[1m",
            Self::Warning => "\x1b[33m",
        }
    }
}

/// Puts labels on text, or leaves it plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Style {
    colored: bool,
}

impl Style {
    /// Text without colours.
    pub(crate) const PLAIN: Self = Self { colored: false };

    /// The text as its label looks.
    pub(crate) fn paint(self, label: Label, text: &str) -> String {
        if self.colored {
            format!("{}{text}\x1b[0m", label.escape())
        } else {
            text.to_owned()
        }
    }
}

/// The terminal or the pipes that the program was started with.
pub(crate) struct Ui {
    quiet: bool,
    out: Style,
    err: Style,
    progress: bool,
}

impl Ui {
    pub(crate) fn new(args: &GlobalArgs) -> Self {
        let color = |terminal: bool| Style {
            colored: match args.color {
                ColorChoice::Always => true,
                ColorChoice::Never => false,
                ColorChoice::Auto => args.color_by_environment().unwrap_or(terminal),
            },
        };
        let err_terminal = io::stderr().is_terminal();
        Self {
            quiet: args.quiet,
            out: color(io::stdout().is_terminal()),
            err: color(err_terminal),
            progress: err_terminal && !args.quiet,
        }
    }

    /// How text on stdout is to look.
    pub(crate) fn style(&self) -> Style {
        self.out
    }

    /// Whether progress bars make sense: stderr is a terminal and nobody asked for quiet.
    pub(crate) fn shows_progress(&self) -> bool {
        self.progress
    }

    /// Writes data to stdout, bytes as they are. A reader that has gone away is no failure.
    #[expect(
        clippy::unused_self,
        reason = "output goes through the Ui, whatever it needs of it"
    )]
    pub(crate) fn data(&self, text: impl AsRef<[u8]>) -> io::Result<()> {
        write(text.as_ref())
    }

    /// Writes one line of data to stdout while something goes on.
    pub(crate) fn line(text: &str) -> io::Result<()> {
        write(format!("{text}\n").as_bytes())
    }

    /// Narration on stderr; not shown when quiet.
    pub(crate) fn status(&self, text: &str) {
        if !self.quiet {
            narrate(text);
        }
    }

    /// Something that a person should know, on stderr, also when quiet.
    pub(crate) fn warning(&self, text: &str) {
        narrate(&format!("{} {text}", self.err.paint(Label::Warning, "warning:")));
    }

    /// What a gate does not let pass, on stderr, also when quiet.
    pub(crate) fn refusal(&self, text: &str) {
        narrate(&format!("{} {text}", self.err.paint(Label::Bad, "refused:")));
    }

    /// What to do next, on stderr; not shown when quiet.
    pub(crate) fn hint(&self, text: &str) {
        self.status(&format!("{} {text}", self.err.paint(Label::Changed, "hint:")));
    }

    /// Narration for later, when the [`Ui`] may be out of reach.
    pub(crate) fn notice(&self, text: &'static str) -> impl FnOnce() + Send + 'static {
        let quiet = self.quiet;
        move || {
            if !quiet {
                narrate(text);
            }
        }
    }

    /// A failure on stderr: the message, its causes, and what to do.
    pub(crate) fn error(&self, failure: &CommandError) {
        for (index, line) in failure.lines().iter().enumerate() {
            let head = if index == 0 {
                self.err.paint(Label::Bad, "error:")
            } else {
                self.err.paint(Label::Faint, "  caused by:")
            };
            narrate(&format!("{head} {line}"));
        }
        for hint in &failure.advice() {
            narrate(&format!("{} {hint}", self.err.paint(Label::Changed, "hint:")));
        }
    }
}

fn narrate(text: &str) {
    // nobody is left to tell when stderr is gone
    let _ = writeln!(io::stderr(), "{text}");
}

fn write(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
