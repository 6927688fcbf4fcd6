//! The embedded backend: one GeoPackage file, which QGIS and GDAL open as it stands, also while it is written.
//!
//! WAL and `synchronous = FULL`, one writer connection, every write in one `BEGIN IMMEDIATE` transaction: what was
//! acknowledged survives the process, what was not never happened.
//!
//! | file | what |
//! |---|---|
//! | `open` | is it ours; make one; migrate |
//! | `0001.sql`, `0002.sql` | the tables; the views of the current version are made by `layers` |
//! | `save`, `load` | versions |
//! | `layers` | the layers that a GIS sees |
//! | `features` | points and lines |
//! | `history` | records, changes, lineage, feed, settings |
//! | `archive` | everything, out and in |
//! | `plans` | the way to plans |
//! | `people`, `ledger` | what stands in no GeoPackage: the way to the file beside it |

mod archive;
mod features;
mod history;
mod layers;
mod ledger;
mod load;
mod open;
mod people;
mod plans;
mod save;

use std::path::{Path, PathBuf};

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction};

use super::compute::compute;
use super::sqlite::failed;
use super::{Listener, Mode, StoreError};

/// Connections that read; lookups come from memory, so few will do.
const READERS: u32 = 4;

/// A GeoPackage file as a store. Clones share its connections.
#[derive(Clone, Debug)]
pub struct GeoPackage {
    path: PathBuf,
    /// One connection; every write goes through it.
    writer: SqlitePool,
    readers: SqlitePool,
}

impl GeoPackage {
    /// See [`super::Store::open`].
    pub(super) async fn open(path: &Path, mode: Mode) -> Result<Self, StoreError> {
        open::open(path, mode).await
    }

    pub(super) fn location(&self) -> String {
        self.path.display().to_string()
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        // The file alone is the store, unless another program has it open still.
        let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await;
        self.writer.close().await;
    }

    /// SQLite tells no other process of a write.
    #[expect(clippy::unused_async, reason = "every backend is called alike")]
    pub(super) async fn listen(&self) -> Result<Listener, StoreError> {
        Ok(Listener::deaf())
    }

    /// A transaction that may write, begun as one.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer.begin_with("BEGIN IMMEDIATE").await.map_err(|e| self.failed(e))
    }

    async fn commit(&self, transaction: Transaction<'static, Sqlite>) -> Result<(), StoreError> {
        transaction.commit().await.map_err(|e| self.failed(e))
    }

    fn failed(&self, error: sqlx::Error) -> StoreError {
        failed(&self.path, error)
    }

    /// Something in the file that the program never writes.
    fn odd(&self, what: impl Into<String>) -> StoreError {
        let source: Box<dyn std::error::Error + Send + Sync> = what.into().into();
        StoreError::Failed { location: self.location(), source }
    }
}

/// Keeps a setting, as part of what is being written.
async fn put_setting(connection: &mut SqliteConnection, key: &str, value: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
        .bind(key)
        .bind(value)
        .execute(connection)
        .await?;
    Ok(())
}
