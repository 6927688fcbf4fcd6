//! What a use case answers when it cannot do what was asked; `http` and `cli` say it in their own way.

use std::fmt::Display;

use super::Inherited;
use crate::plan::{Conflict, Open, Refused};

/// Why a use case did not do it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller asked for something that cannot be.
    #[error("{detail}")]
    Bad {
        /// Name of the parameter or field.
        field: &'static str,
        /// What was expected and what was found.
        detail: String,
    },
    /// There is no such thing.
    #[error("{0}")]
    Missing(String),
    /// A tile of a build that is no longer served.
    #[error("{detail}")]
    Build {
        /// What was asked for.
        detail: String,
        /// The token that is served now, `v=…&b=…`.
        current: String,
    },
    /// A code that was retired.
    #[error("{detail}")]
    Gone {
        /// What was asked for.
        detail: String,
        /// What it became, the largest share first.
        became: Vec<Inherited>,
        /// The version that retired it.
        version: u64,
    },
    /// Nobody is signed in, or with a wrong name or password.
    #[error("{0}")]
    Unknown(String),
    /// The caller may not.
    #[error("{0}")]
    Forbidden(String),
    /// It cannot be as things stand.
    #[error("{0}")]
    Conflict(String),
    /// A change that does not say on which state it is made.
    #[error("{0}")]
    Unconditional(String),
    /// A change made on a state that is no more.
    #[error("{detail}")]
    Stale {
        /// What it is now.
        detail: String,
        /// The revision there is.
        current: u64,
    },
    /// An edit that would break the partition, or means nothing.
    #[error("{0}")]
    Refused(Refused),
    /// Edits that others are in the way of.
    #[error("others changed what {} of the plan's edits work on", .0.len())]
    Conflicts(Vec<Conflict>),
    /// A draft that may not be published yet; each finding with the code of its unit.
    #[error("{} things in the draft bar publishing", .0.len())]
    Unfinished(Vec<(Open, Option<String>)>),
    /// Too often.
    #[error("{detail}")]
    Limited {
        /// What was tried too often.
        detail: String,
        /// After how many seconds another try is worth while.
        seconds: u64,
    },
    /// Not now; worth another try.
    #[error("{0}")]
    Busy(String),
    /// The store cannot be reached; what is in memory is served meanwhile.
    #[error("{cause}")]
    Away {
        /// For the log.
        cause: String,
    },
    /// Another service gave no answer.
    #[error("{detail}")]
    Outage {
        /// For the caller.
        detail: String,
        /// For the log; empty where that has it already.
        cause: String,
    },
    /// The server's own fault; for the log.
    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// The server's own fault, with its cause.
    pub fn internal(cause: impl Display) -> Self {
        Self::Internal(cause.to_string())
    }
}

/// A parameter that should have been something else.
pub(super) fn bad(field: &'static str, expected: &str, found: &str) -> Error {
    Error::Bad { field, detail: format!("expected {expected}, found {:?}", excerpt(found)) }
}

/// What of a caller's text stands in a message: its beginning, where it is long.
#[must_use]
pub fn excerpt(text: &str) -> &str {
    /// Characters of it.
    const MOST: usize = 60;
    text.char_indices().nth(MOST).map_or(text, |(end, _)| &text[..end])
}
