//! Is it a store of ours; make one where there is none; bring it up to date.
//!
//! Nothing is written before the file is known to be ours: it is first opened for reading only.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use sqlx::sqlite::{SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use super::{GeoPackage, Mode, READERS, StoreError, put_setting};
use crate::store::sqlite::{failed, failed_io, options};
use crate::wkb::tables::{APPLICATION_ID, REQUIRED, USER_VERSION};

/// The schema's steps; the number of those done stands in `meta` as [`SCHEMA_KEY`].
const MIGRATIONS: [&str; 3] = [include_str!("0001.sql"), include_str!("0002.sql"), include_str!("0003.sql")];

/// Where the schema's number stands, and what tells a store of ours.
const SCHEMA_KEY: &str = "wangge_schema";

/// How every SQLite file begins.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Nothing,
    /// A database without a table: one that was being made when the power went.
    Blank,
    Store {
        schema: u32,
    },
    Other(String),
}

pub(super) async fn open(path: &Path, mode: Mode) -> Result<GeoPackage, StoreError> {
    let location = path.display().to_string();
    let known = MIGRATIONS.len() as u32;
    let schema = match (look(path).await?, mode) {
        (Found::Nothing | Found::Blank, Mode::Existing) => return Err(StoreError::NoStore { location }),
        (Found::Other(found), _) => return Err(StoreError::NotAStore { location, found }),
        (Found::Store { schema }, _) if schema > known => {
            return Err(StoreError::Newer { location, found: schema, known });
        }
        (Found::Store { schema }, _) => schema,
        (Found::Nothing | Found::Blank, Mode::Create) => 0,
    };
    if schema < known {
        let maker = GeoPackage { path: path.to_owned(), writer: writer(path, true), readers: readers(path) };
        migrate(&maker, schema).await?;
        maker.close().await;
    }
    Ok(GeoPackage { path: path.to_owned(), writer: writer(path, false), readers: readers(path) })
}

/// The one connection that writes. Only where a store is made may it make a file: one that vanishes under a running
/// server stays away.
fn writer(path: &Path, create: bool) -> SqlitePool {
    let options = options(path)
        .create_if_missing(create)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    pool(1).connect_lazy_with(options)
}

fn readers(path: &Path) -> SqlitePool {
    pool(READERS).connect_lazy_with(options(path).read_only(true))
}

/// Connections to a local file cost nothing while they wait, so none is ever dropped and opened again.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).idle_timeout(None).max_lifetime(None)
}

/// Finds out what a file is, without a write.
async fn look(path: &Path) -> Result<Found, StoreError> {
    let mut start = Vec::new();
    match File::open(path) {
        Ok(file) => file.take(MAGIC.len() as u64).read_to_end(&mut start).map_err(|e| failed_io(path, e))?,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(e) => return Err(failed_io(path, e)),
    };
    if start.is_empty() {
        return Ok(Found::Nothing);
    }
    if start != MAGIC {
        return Ok(Found::Other("a file that is no SQLite database".to_owned()));
    }
    let mut connection = options(path).read_only(true).connect().await.map_err(|e| failed(path, e))?;
    let found = look_inside(&mut connection).await.map_err(|e| failed(path, e));
    connection.close().await.map_err(|e| failed(path, e))?;
    found
}

async fn look_inside(connection: &mut SqliteConnection) -> Result<Found, sqlx::Error> {
    let tables: Vec<String> =
        match sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            .fetch_all(&mut *connection)
            .await
        {
            Ok(tables) => tables,
            Err(sqlx::Error::Database(e)) => return Ok(Found::Other(format!("a broken database: {e}"))),
            Err(e) => return Err(e),
        };
    let application: i32 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
    if tables.is_empty() && (application == 0 || application == APPLICATION_ID) {
        return Ok(Found::Blank);
    }
    if application != APPLICATION_ID {
        return Ok(Found::Other("a SQLite database that is no GeoPackage".to_owned()));
    }
    let has = |name: &str| tables.iter().any(|t| t == name);
    let schema: Option<String> = if has("meta") && has("unit_rows") {
        let query = "SELECT value FROM meta WHERE key = ?";
        sqlx::query_scalar(query).bind(SCHEMA_KEY).fetch_optional(&mut *connection).await.unwrap_or(None)
    } else {
        None
    };
    Ok(match schema.and_then(|s| s.parse().ok()) {
        Some(schema) => Found::Store { schema },
        None => Found::Other(format!("a GeoPackage of another program, with {}", listed(&tables))),
    })
}

fn listed(tables: &[String]) -> String {
    let own = |t: &&String| !t.starts_with("gpkg_") && !t.starts_with("rtree_") && !t.starts_with("sqlite_");
    let names: Vec<&str> = tables.iter().filter(own).take(8).map(String::as_str).collect();
    if names.is_empty() { "no tables of its own".to_owned() } else { format!("tables {}", names.join(", ")) }
}

/// Makes the file a GeoPackage where it is none yet, and runs the steps not yet done, all or nothing.
async fn migrate(store: &GeoPackage, done: u32) -> Result<(), StoreError> {
    let mut transaction = store.begin().await?;
    let failed = |e| store.failed(e);
    // Another program may have done it in the meantime.
    let now = if done == 0 { None } else { Some(done) };
    let found = schema(&mut transaction).await.map_err(failed)?;
    if found == now {
        if found.is_none() {
            create(&mut transaction).await.map_err(failed)?;
        }
        for step in &MIGRATIONS[done as usize..] {
            sqlx::raw_sql(*step).execute(&mut *transaction).await.map_err(failed)?;
        }
        let reached = MIGRATIONS.len().to_string();
        put_setting(&mut transaction, SCHEMA_KEY, &reached).await.map_err(failed)?;
    }
    store.commit(transaction).await
}

async fn schema(connection: &mut SqliteConnection) -> Result<Option<u32>, sqlx::Error> {
    let made: bool = sqlx::query_scalar("SELECT count(*) > 0 FROM sqlite_master WHERE name = 'meta'")
        .fetch_one(&mut *connection)
        .await?;
    if !made {
        return Ok(None);
    }
    let schema: Option<String> = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
        .bind(SCHEMA_KEY)
        .fetch_optional(connection)
        .await?;
    Ok(schema.and_then(|s| s.parse().ok()))
}

async fn create(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {USER_VERSION};");
    sqlx::raw_sql(sqlx::AssertSqlSafe(marks)).execute(&mut *connection).await?;
    sqlx::raw_sql(REQUIRED).execute(&mut *connection).await?;
    sqlx::raw_sql("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        .execute(&mut *connection)
        .await?;
    Ok(())
}
