//! What the SQLite files of a store have in common: how they are opened, and how their failures are told.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;

use super::StoreError;

/// How long to wait for another program's write.
const PATIENCE: Duration = Duration::from_secs(10);

/// SQLite's primary result codes for a file that somebody else holds.
const SQLITE_BUSY: &str = "5";
const SQLITE_LOCKED: &str = "6";

/// SQLite's primary result codes for a file that may not be written, and for one that cannot be opened.
const SQLITE_READONLY: &str = "8";
const SQLITE_CANTOPEN: &str = "14";

/// A connection to a file that is there.
pub fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(path).busy_timeout(PATIENCE).foreign_keys(true)
}

/// The database's failure.
pub fn failed(path: &Path, error: sqlx::Error) -> StoreError {
    let location = path.display().to_string();
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    match code.as_deref() {
        Some(SQLITE_BUSY | SQLITE_LOCKED) => StoreError::Busy { location, seconds: PATIENCE.as_secs() },
        Some(SQLITE_READONLY) => StoreError::Unwritable { location },
        Some(SQLITE_CANTOPEN) => match path.parent().filter(|folder| !is_there(folder)) {
            Some(folder) => StoreError::NoFolder { location, folder: folder.display().to_string() },
            None => StoreError::Unwritable { location },
        },
        _ => StoreError::Failed { location, source: Box::new(error) },
    }
}

/// Whether a store's folder is there; of a bare file name it is the one the program runs in.
fn is_there(folder: &Path) -> bool {
    folder.as_os_str().is_empty() || folder.is_dir()
}

/// The disk's failure.
pub fn failed_io(path: &Path, error: std::io::Error) -> StoreError {
    StoreError::Failed { location: path.display().to_string(), source: error.into() }
}
