//! Rows of a version → the partition that was saved, or how they differ from it.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{GeoPackage, StoreError, compute};
use crate::coverage::Partition;
use crate::store::check::{StoredRow, changed, checked, verified, without_strays};
use crate::store::record::{Loaded, VersionRecord};
use crate::store::rows::UnitRow;
use crate::store::since::{Since, assemble};
use crate::unit::Uid;

/// The columns of a [`StoredRow`], in order, as [`stored_row`] reads them.
pub(super) const COLUMNS: &str =
    "uid, level, code, name, parent, tint, position, attributes, digest, geometry";

/// Reads [`COLUMNS`].
pub(super) fn stored_row(row: &SqliteRow) -> Result<StoredRow, sqlx::Error> {
    let unit = UnitRow {
        uid: Uid(row.try_get(0)?),
        level: row.try_get(1)?,
        code: row.try_get(2)?,
        name: row.try_get(3)?,
        parent: row.try_get(4)?,
        tint: row.try_get(5)?,
        position: row.try_get(6)?,
        attributes: row.try_get(7)?,
        geometry: row.try_get(9)?,
    };
    Ok(StoredRow { row: unit, digest: row.try_get(8)? })
}

impl GeoPackage {
    pub(in crate::store) async fn load(&self, number: u64) -> Result<Loaded, StoreError> {
        let version = self.version(number).await?;
        let rows = self.rows(&version).await?;
        let expected = version.clone();
        let partition = compute(move || checked(&expected, rows)).await?;
        Ok(Loaded { version, partition })
    }

    pub(in crate::store) async fn verify(&self) -> Result<Option<VersionRecord>, StoreError> {
        let Some(number) = self.latest().await? else { return Ok(None) };
        let version = self.version(number).await?;
        let rows = self.rows(&version).await?;
        let expected = version.clone();
        compute(move || verified(&expected, &rows)).await?;
        Ok(Some(version))
    }

    pub(in crate::store) async fn load_after(
        &self,
        number: u64,
        base: &VersionRecord,
        partition: &Partition,
    ) -> Result<Loaded, StoreError> {
        let version = self.version(number).await?;
        if base.number >= number || self.version(base.number).await? != *base {
            return self.load(number).await;
        }
        let since = self.since(base.number, number).await?;
        let (earlier, later) = (partition.clone(), version.clone());
        match compute(move || assemble(&earlier, &later, &since)).await {
            Some(partition) => Ok(Loaded { version, partition }),
            None => self.load(number).await,
        }
    }

    async fn since(&self, base: u64, number: u64) -> Result<Since, StoreError> {
        let query = format!(
            "SELECT {COLUMNS} FROM unit_rows WHERE from_version > ?1 AND from_version <= ?2
             AND (to_version IS NULL OR to_version > ?2)"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(base as i64)
            .bind(number as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        let written = rows.iter().map(stored_row).collect::<Result<_, _>>().map_err(|e| self.failed(e))?;
        let query =
            "SELECT uid FROM unit_rows WHERE from_version <= ?1 AND to_version > ?1 AND to_version <= ?2";
        let gone: Vec<u32> = sqlx::query_scalar(query)
            .bind(base as i64)
            .bind(number as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(Since { written, gone: gone.into_iter().map(Uid).collect() })
    }

    async fn rows(&self, version: &VersionRecord) -> Result<Vec<StoredRow>, StoreError> {
        self.no_strays(version).await?;
        let query = format!(
            "SELECT {COLUMNS} FROM unit_rows WHERE from_version <= ?1 AND (to_version IS NULL OR to_version > ?1)"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(version.number as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        // A value of another type than is ever written is a change from outside as well.
        let read = |row: &SqliteRow| stored_row(row).map_err(|e| changed(version, vec![], e.to_string()));
        rows.iter().map(read).collect()
    }

    async fn no_strays(&self, version: &VersionRecord) -> Result<(), StoreError> {
        let query = "SELECT coalesce(code, name) FROM unit_rows
             WHERE max(from_version, coalesce(to_version, 0)) > (SELECT max(number) FROM versions) ORDER BY 1";
        let units = sqlx::query_scalar(query).fetch_all(&self.readers).await.map_err(|e| self.failed(e))?;
        without_strays(version, units)
    }
}
