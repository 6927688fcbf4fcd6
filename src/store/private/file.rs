//! The private file itself: made for its owner alone, looked at before it is opened, brought up to date.
//!
//! It is made with mode 0600 before anything is written; SQLite gives its `-wal` and `-shm` the mode of their database.
//! Whatever of these is there must be its owner's alone, and the database ours, before anything is read or written.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::store::StoreError;
use crate::store::sqlite::{failed, failed_io, options};

/// The schema's steps; the number of those done stands in `user_version`.
const MIGRATIONS: [&str; 3] = [include_str!("0001.sql"), include_str!("0002.sql"), include_str!("0003.sql")];

/// What marks the file as ours: `WGpr`.
const APPLICATION_ID: i32 = 0x5747_7072;

/// Everyone's permissions but the owner's.
const OTHERS: u32 = 0o077;

/// What SQLite puts beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A connection that reads; `None` where there is no file, or one that nothing was ever put into.
pub async fn reader(path: &Path) -> Result<Option<SqliteConnection>, StoreError> {
    if !is_there(path)? {
        return Ok(None);
    }
    let mut connection = options(path).read_only(true).connect().await.map_err(|e| failed(path, e))?;
    match is_filled(&mut connection, path).await {
        Ok(true) => Ok(Some(connection)),
        Ok(false) => connection.close().await.map(|()| None).map_err(|e| failed(path, e)),
        Err(error) => {
            connection.close().await.map_err(|e| failed(path, e))?;
            Err(error)
        }
    }
}

/// A connection that writes; the file is made where there is none.
pub async fn writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    match reader(path).await? {
        Some(ours) => ours.close().await.map_err(|e| failed(path, e))?,
        None => make(path).map_err(|e| failed_io(path, e))?,
    }
    let options = options(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await.map_err(|e| failed(path, e))?;
    migrate(&mut connection).await.map_err(|e| failed(path, e))?;
    Ok(connection)
}

/// Whether the file is there.
///
/// # Errors
/// [`StoreError::Exposed`] where others may read it, or what SQLite puts beside it.
fn is_there(path: &Path) -> Result<bool, StoreError> {
    let mut there = false;
    for suffix in [""].into_iter().chain(BESIDE) {
        let mut name = OsString::from(path);
        name.push(suffix);
        let file = PathBuf::from(name);
        match std::fs::metadata(&file) {
            Ok(found) if found.permissions().mode() & OTHERS != 0 => {
                let mode = found.permissions().mode() & 0o777;
                return Err(StoreError::Exposed { location: file.display().to_string(), mode });
            }
            Ok(_) => there |= suffix.is_empty(),
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(failed_io(&file, e)),
        }
    }
    Ok(there)
}

/// Makes an empty file for its owner alone, unless there is one: then it was found to be so.
fn make(path: &Path) -> std::io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(()),
        done => done.map(drop),
    }
}

/// Whether the tables are made; a file that is not ours is no place for people.
async fn is_filled(connection: &mut SqliteConnection, path: &Path) -> Result<bool, StoreError> {
    let (application, schema, tables) = marks(connection).await.map_err(|e| failed(path, e))?;
    let location = path.display().to_string();
    let known = MIGRATIONS.len() as u32;
    match (application, tables) {
        (0, 0) => Ok(false),
        (APPLICATION_ID, _) if schema > known => Err(StoreError::Newer { location, found: schema, known }),
        (APPLICATION_ID, _) => Ok(true),
        _ => Err(StoreError::NotPrivate { location }),
    }
}

/// Application id, schema, and how many tables: all as they are at one moment, since another program may be making them.
async fn marks(connection: &mut SqliteConnection) -> Result<(i32, u32, i64), sqlx::Error> {
    let mut read = connection.begin().await?;
    let tables = sqlx::query_scalar("SELECT count(*) FROM sqlite_master").fetch_one(&mut *read).await?;
    let application = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *read).await?;
    let schema = schema(&mut read).await?;
    read.rollback().await?;
    Ok((application, schema, tables))
}

/// How many of the schema's steps are done.
pub async fn schema(connection: &mut SqliteConnection) -> Result<u32, sqlx::Error> {
    sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await
}

/// Runs the steps not yet done, all or nothing.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    if schema(connection).await? as usize >= MIGRATIONS.len() {
        return Ok(());
    }
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    // Another program may have done it in the meantime.
    let done = schema(&mut transaction).await? as usize;
    for step in MIGRATIONS.iter().skip(done) {
        sqlx::raw_sql(*step).execute(&mut *transaction).await?;
    }
    let marks =
        format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {};", MIGRATIONS.len());
    sqlx::raw_sql(sqlx::AssertSqlSafe(marks)).execute(&mut *transaction).await?;
    transaction.commit().await
}
