//! How the database's failures are told: whether it cannot be reached, may not be written, is held by another, or
//! refuses what was asked. In the database's own words, without the line of its source that the driver adds.

use std::fmt;

use sqlx::error::DatabaseError;

use crate::store::StoreError;

/// What `SQLSTATE` says (PostgreSQL's appendix A), as far as a caller can do something about it.
pub fn failed(location: &str, error: sqlx::Error) -> StoreError {
    let location = location.to_owned();
    let code = error.as_database_error().and_then(DatabaseError::code).map(std::borrow::Cow::into_owned);
    match (&error, code.as_deref()) {
        (
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed,
            _,
        ) => StoreError::Unreachable { location, cause: said(&error) },
        (_, Some(code)) => match code {
            // Connection exceptions; too many connections; shutdown, crash, start-up; cancelled, as by a timeout; a
            // standby's conflict with what it replays.
            _ if code.starts_with("08")
                || code.starts_with("57P")
                || ["53300", "57014", "40001"].contains(&code) =>
            {
                StoreError::Unreachable { location, cause: said(&error) }
            }
            "25006" => StoreError::ReadOnly { location },
            // No lock in time; deadlock.
            "55P03" | "40P01" => StoreError::Busy { location, seconds: super::LOCK_PATIENCE.as_secs() },
            "42501" => StoreError::Denied { location, cause: said(&error) },
            // No such role or password, or none that may come from here.
            "28000" | "28P01" => StoreError::Stranger { location, cause: said(&error) },
            // Text that the database has no form for: U+0000.
            "22021" | "22P05" => StoreError::Refused(
                "a text holds a character that PostgreSQL cannot keep (U+0000)".to_owned(),
            ),
            _ => StoreError::Failed { location, source: Box::new(Failure(error)) },
        },
        _ => StoreError::Failed { location, source: Box::new(Failure(error)) },
    }
}

/// What the database said.
#[derive(Debug)]
pub struct Failure(pub sqlx::Error);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&said(&self.0))
    }
}

impl std::error::Error for Failure {}

/// The words of a failure. A database's own shows with a line number of PostgreSQL's source otherwise.
pub fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::PoolTimedOut => "no connection could be made in time".to_owned(),
        other => other.to_string(),
    }
}
