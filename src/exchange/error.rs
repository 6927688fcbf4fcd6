//! Why a file could not be read or written: where, what was expected, what was found.

use std::fmt::Display;
use std::path::Path;

/// A refusal or failure of a file.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The disk said no.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// What it said.
        source: std::io::Error,
    },
    /// Not UTF-8.
    #[error("{file}, byte {offset}: expected UTF-8{hint}")]
    Encoding {
        /// The file.
        file: String,
        /// The first byte that is not.
        offset: usize,
        /// What it may be instead, and what to do.
        hint: String,
    },
    /// Not the format it should be.
    #[error("{file}, line {line}, column {column}: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What was expected or found.
        message: String,
    },
    /// Something in it is not what it should be.
    #[error("{file}, {place}: expected {expected}, found {found}")]
    Content {
        /// The file.
        file: String,
        /// A JSON pointer, or the line and column, or the layer and row.
        place: String,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// Rows of a table that are not what they should be; none was taken.
    #[error("{file}: {} of {rows} rows cannot be taken, so none was{}", faults.len(), listed(faults))]
    Rows {
        /// The file.
        file: String,
        /// How many rows it has.
        rows: usize,
        /// Of each bad row where, what was expected and what was found.
        faults: Vec<String>,
    },
    /// The database library failed.
    #[error("{file}: {source}")]
    Database {
        /// The file.
        file: String,
        /// What it said.
        source: sqlx::Error,
    },
}

/// How many faults a message lists.
const LISTED: usize = 10;

/// The first faults, one a line, and how many more there are.
fn listed(faults: &[String]) -> String {
    let mut lines: Vec<String> = faults.iter().take(LISTED).map(|fault| format!("\n  {fault}")).collect();
    if faults.len() > LISTED {
        lines.push(format!("\n  … and {} more", faults.len() - LISTED));
    }
    lines.concat()
}

/// The name of a file, to build errors with.
#[derive(Clone, Debug)]
pub struct Named(pub String);

impl Named {
    pub fn of(path: &Path) -> Self {
        Self(path.display().to_string())
    }

    pub fn io(&self, source: std::io::Error) -> ExchangeError {
        ExchangeError::Io { file: self.0.clone(), source }
    }

    pub fn database(&self, source: sqlx::Error) -> ExchangeError {
        ExchangeError::Database { file: self.0.clone(), source }
    }

    pub fn content(&self, place: impl Display, expected: impl Display, found: impl Display) -> ExchangeError {
        ExchangeError::Content {
            file: self.0.clone(),
            place: place.to_string(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}

/// Text for a message: quoted, and cut where it is long.
pub fn quoted(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    if short.len() < text.len() { format!("{short:?}…") } else { format!("{short:?}") }
}
