//! Shows a sync as it goes: a bar on a terminal, and a line for each object to which something happened.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use engine::{
    ChangeSetEntry, Event, Events,
    event::{Phase, Progress as Step, WaitOutcome},
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use manifest::ResourceKey;

use crate::{
    cli::Output,
    print::changes,
    ui::{Style, Ui},
};

/// Tells where the lines of a sync go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    /// To stdout: they are the output.
    Data,
    /// Nowhere: the output is a document of its own.
    None,
}

impl Lines {
    /// Where they go when the output has this form.
    pub(crate) fn of(output: Output) -> Self {
        if output == Output::Text {
            Self::Data
        } else {
            Self::None
        }
    }
}

/// A listener of the engine's events.
#[derive(Clone)]
pub(crate) struct Progress(Arc<Shown>);

struct Shown {
    bar: ProgressBar,
    lines: Lines,
    style: Style,
    waiting: Mutex<BTreeSet<ResourceKey>>,
}

impl Progress {
    /// A listener whose bar is only drawn on a terminal.
    pub(crate) fn new(ui: &Ui, lines: Lines) -> Self {
        let target = if ui.shows_progress() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix:<10} {wide_bar} {pos}/{len} {msg}")
        {
            bar.set_style(style);
        }
        if ui.shows_progress() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self(Arc::new(Shown {
            bar,
            lines,
            style: ui.style(),
            waiting: Mutex::default(),
        }))
    }

    /// What the engine is handed.
    pub(crate) fn events(&self) -> Events {
        let shown = Arc::clone(&self.0);
        Events::to(move |event| shown.event(&event))
    }

    /// Takes the bar away; the lines stay.
    pub(crate) fn finish(&self) {
        self.0.bar.finish_and_clear();
    }
}

impl Shown {
    fn event(&self, event: &Event) {
        match event {
            Event::Init { objects, .. } => self.bar.set_length(*objects as u64),
            Event::ActionGroup {
                phase,
                progress: Step::Started,
            } => self.bar.set_prefix(phase_name(*phase)),
            Event::ActionGroup { .. } | Event::Status { .. } => {}
            Event::Apply(entry) => {
                self.bar.inc(1);
                self.entry(entry);
            }
            Event::Prune(entry) | Event::Delete(entry) => self.entry(entry),
            Event::Wait { key, outcome } => self.wait(key, outcome),
            Event::Validation { problem, .. } => self.line(problem),
            Event::Drift(drift) => {
                self.line(&format!("drifted    {}: {}", drift.key, drift.fields.join(", ")));
            }
            Event::Error { message } => self.line(message),
        }
    }

    fn entry(&self, entry: &ChangeSetEntry) {
        if changes::is_notable(entry) {
            self.line(&changes::line(entry, self.style));
        }
    }

    fn wait(&self, key: &ResourceKey, outcome: &WaitOutcome) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            WaitOutcome::Pending(_) => waiting.insert(key.clone()),
            WaitOutcome::Done | WaitOutcome::Failed(_) | WaitOutcome::TimedOut(_) => waiting.remove(key),
        };
        self.bar.set_message(match (waiting.first(), waiting.len()) {
            (None, _) => String::new(),
            (Some(first), 1) => format!("waiting for {first}"),
            (Some(first), count) => format!("waiting for {first} and {} more", count - 1),
        });
    }

    fn line(&self, text: &str) {
        if self.lines == Lines::Data {
            // the reader may have gone; the sync goes on all the same
            self.bar.suspend(|| Ui::line(text).unwrap_or_default());
        }
    }
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Observe => "reading",
        Phase::Inventory => "recording",
        Phase::Apply => "applying",
        Phase::Prune => "pruning",
        Phase::Wait => "waiting",
    }
}
