//! Rows of a version → the partition that was saved, or how they differ from it.

use rayon::prelude::*;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row};

use super::side::Side;
use super::{PostGis, StoreError, compute, prefer_replica};
use crate::coverage::Partition;
use crate::store::check::{StoredRow, changed, checked, verified, without_strays};
use crate::store::record::{Loaded, VersionRecord};
use crate::store::rows::UnitRow;
use crate::store::since::{Since, assemble};
use crate::unit::Uid;
use crate::wkb;

/// The columns of a [`StoredRow`], in order, as [`bare_row`] reads them.
pub(super) const COLUMNS: &str = "uid, level, code, name, parent, tint, position, attributes::text, digest, \
     ST_AsBinary(geometry, 'NDR')";

/// Reads [`COLUMNS`]; the geometry is WKB still, see [`whole`].
pub(super) fn bare_row(row: &PgRow) -> Result<StoredRow, sqlx::Error> {
    let unit = UnitRow {
        uid: uid(row, 0)?,
        level: row.try_get(1)?,
        code: row.try_get(2)?,
        name: row.try_get(3)?,
        parent: row.try_get(4)?,
        tint: narrow(i64::from(row.try_get::<i16, _>(5)?))?,
        position: row.try_get::<Option<i64>, _>(6)?.map(narrow).transpose()?,
        attributes: row.try_get(7)?,
        geometry: row.try_get(9)?,
    };
    Ok(StoredRow { row: unit, digest: row.try_get(8)? })
}

/// The row with its geometry as a blob; with none where the program cannot have written it, which its digest tells.
pub(super) fn whole(mut bare: StoredRow) -> StoredRow {
    bare.row.geometry = wkb::blob_of(&bare.row.geometry).unwrap_or_default();
    bare
}

pub(super) fn uid(row: &PgRow, column: usize) -> Result<Uid, sqlx::Error> {
    row.try_get::<i64, _>(column).and_then(narrow).map(Uid)
}

/// A number of the database, which has no unsigned ones.
pub(super) fn narrow<T: TryFrom<i64>>(number: i64) -> Result<T, sqlx::Error> {
    let odd = |_| sqlx::Error::Decode(format!("{number} is out of range").into());
    T::try_from(number).map_err(odd)
}

impl PostGis {
    pub(in crate::store) async fn load(&self, number: u64) -> Result<Loaded, StoreError> {
        let version = self.version(number).await?;
        let partition = prefer_replica!(
            self,
            has side => has_version(side, Some(&version)),
            read side => partition(side, &version)
        )?;
        Ok(Loaded { version, partition })
    }

    pub(in crate::store) async fn verify(&self) -> Result<Option<VersionRecord>, StoreError> {
        let Some(number) = self.latest().await? else { return Ok(None) };
        let version = self.version(number).await?;
        let rows = rows(&self.primary, &version).await?;
        let expected = version.clone();
        compute(move || verified(&expected, &rows.into_par_iter().map(whole).collect::<Vec<_>>())).await?;
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
        let mut since = prefer_replica!(
            self,
            has side => has_version(side, Some(&version)),
            read side => since(side, base.number, number)
        )?;
        let (earlier, later) = (partition.clone(), version.clone());
        let assembled = compute(move || {
            since.written = since.written.into_par_iter().map(whole).collect();
            assemble(&earlier, &later, &since)
        });
        match assembled.await {
            Some(partition) => Ok(Loaded { version, partition }),
            None => self.load(number).await,
        }
    }
}

/// Whether a database has a version already: that very one, and not another of its number.
pub(super) async fn has_version(side: &Side, version: Option<&VersionRecord>) -> Result<bool, StoreError> {
    let Some(version) = version else { return Ok(false) };
    let query = sqlx::query_scalar(
        "SELECT content_hash = $2 AND recorded_at = $3::text::timestamptz FROM versions WHERE number = $1",
    )
    .bind(version.number as i64)
    .bind(version.content_hash.to_string())
    .bind(version.recorded_at.to_string());
    let same: Option<bool> = side.watch(query.fetch_optional(&side.watch.pool)).await?;
    Ok(same.unwrap_or(false))
}

/// A version, checked.
async fn partition(side: &Side, version: &VersionRecord) -> Result<Partition, StoreError> {
    let rows = rows(side, version).await?;
    let expected = version.clone();
    compute(move || checked(&expected, rows.into_par_iter().map(whole).collect())).await
}

/// A version's rows; their geometry is WKB still.
async fn rows(side: &Side, version: &VersionRecord) -> Result<Vec<StoredRow>, StoreError> {
    let strays = sqlx::query_scalar(
        "SELECT coalesce(code, name) FROM unit_rows
         WHERE greatest(from_version, to_version) > (SELECT max(number) FROM versions) ORDER BY 1",
    );
    without_strays(version, side.read(strays.fetch_all(&side.bulk.pool)).await?)?;
    let query = format!(
        "SELECT {COLUMNS} FROM unit_rows WHERE from_version <= $1 AND (to_version IS NULL OR to_version > $1)"
    );
    let query = sqlx::query(AssertSqlSafe(query)).bind(version.number as i64);
    let rows = side.read(query.fetch_all(&side.bulk.pool)).await?;
    // A value that is never written is a change from outside as well.
    let read = |row: &PgRow| bare_row(row).map_err(|e| changed(version, vec![], e.to_string()));
    rows.iter().map(read).collect()
}

/// What changed from one version to another; geometry is WKB still.
async fn since(side: &Side, base: u64, number: u64) -> Result<Since, StoreError> {
    let query = format!(
        "SELECT {COLUMNS} FROM unit_rows WHERE from_version > $1 AND from_version <= $2
         AND (to_version IS NULL OR to_version > $2)"
    );
    let query = sqlx::query(AssertSqlSafe(query)).bind(base as i64).bind(number as i64);
    let rows = side.ask(query.fetch_all(&side.serve.pool)).await?;
    let written = rows.iter().map(bare_row).collect::<Result<_, _>>().map_err(|e| side.failed(e))?;
    let query = "SELECT uid FROM unit_rows WHERE from_version <= $1 AND to_version > $1 AND to_version <= $2";
    let query = sqlx::query(query).bind(base as i64).bind(number as i64);
    let gone = side.ask(query.fetch_all(&side.serve.pool)).await?;
    let gone = gone.iter().map(|r| uid(r, 0)).collect::<Result<_, _>>().map_err(|e| side.failed(e))?;
    Ok(Since { written, gone })
}
