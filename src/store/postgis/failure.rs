//! How the database's failures are told: whether it cannot be reached, may not be written, is held by another, or
//! refuses what was asked.

use sqlx::error::DatabaseError;

use crate::store::StoreError;

/// What `SQLSTATE` says (PostgreSQL's appendix A), as far as a caller can do something about it.
pub fn failed(location: &str, error: sqlx::Error) -> StoreError {
    let location = location.to_owned();
    let unreachable =
        |location, error: sqlx::Error| StoreError::Unreachable { location, cause: error.to_string() };
    let code = error.as_database_error().and_then(DatabaseError::code).map(std::borrow::Cow::into_owned);
    match (&error, code.as_deref()) {
        (
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed,
            _,
        ) => unreachable(location, error),
        (_, Some(code)) => match code {
            // Connection exceptions; too many connections; shutdown, crash, start-up; cancelled, as by a timeout; a
            // standby's conflict with what it replays.
            _ if code.starts_with("08") || code.starts_with("57P") => unreachable(location, error),
            "53300" | "57014" | "40001" => unreachable(location, error),
            "25006" => StoreError::ReadOnly { location },
            // No lock in time; deadlock.
            "55P03" | "40P01" => StoreError::Busy { location, seconds: super::LOCK_PATIENCE.as_secs() },
            // Not allowed; no such role or password.
            "42501" | "28000" | "28P01" => StoreError::Denied { location, source: Box::new(error) },
            // Text that the database has no form for: U+0000.
            "22021" | "22P05" => StoreError::Refused(
                "a text holds a character that PostgreSQL cannot keep (U+0000)".to_owned(),
            ),
            _ => StoreError::Failed { location, source: Box::new(error) },
        },
        _ => StoreError::Failed { location, source: Box::new(error) },
    }
}
