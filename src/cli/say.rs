//! What a command says: results on standard output, progress and troubles on standard error.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Why a command was refused or failed: one clear line.
#[derive(Debug)]
pub struct Fail(pub String);

impl<E: std::error::Error> From<E> for Fail {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl Fail {
    /// A failure to do `what`.
    pub fn to(what: impl Display) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self(format!("could not {what}: {error}"))
    }
}

/// A line of the result. Nobody listening is no error.
pub fn result(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A line beside the result.
pub fn note(line: impl Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Long work, shown as a spinner on a terminal and as plain lines elsewhere.
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Shows on standard error.
    #[must_use]
    pub fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { bar }
    }

    /// What is being done now.
    pub fn step(&self, what: impl Display) {
        match &self.bar {
            Some(bar) => bar.set_message(what.to_string()),
            None => note(format_args!("{what} …")),
        }
    }

    /// What was done; stays on the screen.
    pub fn done(&self, what: impl Display) {
        match &self.bar {
            Some(bar) => bar.println(what.to_string()),
            None => note(what),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
