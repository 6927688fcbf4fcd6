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
    /// The database library failed.
    #[error("{file}: {source}")]
    Database {
        /// The file.
        file: String,
        /// What it said.
        source: sqlx::Error,
    },
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
