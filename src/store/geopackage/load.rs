//! Rows of a version → the partition that was saved, or how they differ from it.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{GeoPackage, StoreError, compute};
use crate::coverage::Partition;
use crate::store::record::{Loaded, VersionRecord};
use crate::store::rows::{RowDigest, UnitRow, partition_of, rows_of};
use crate::unit::Uid;

/// The columns of a [`StoredRow`], in order.
pub(super) const COLUMNS: &str =
    "uid, level, code, name, parent, tint, position, attributes, digest, geometry";

/// A row with the digest that was stored beside it.
#[derive(Clone, Debug)]
pub(super) struct StoredRow {
    pub row: UnitRow,
    pub digest: Vec<u8>,
}

impl StoredRow {
    pub(super) fn read(row: &SqliteRow) -> Result<Self, sqlx::Error> {
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
        Ok(Self { row: unit, digest: row.try_get(8)? })
    }
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
        compute(move || {
            let partition = checked(&expected, rows.clone())?;
            upper_levels(&expected, &partition, &rows)
        })
        .await?;
        Ok(Some(version))
    }

    async fn rows(&self, version: &VersionRecord) -> Result<Vec<StoredRow>, StoreError> {
        self.without_strays(version).await?;
        let query = format!(
            "SELECT {COLUMNS} FROM unit_rows WHERE from_version <= ?1 AND (to_version IS NULL OR to_version > ?1)"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(version.number as i64)
            .fetch_all(&self.readers)
            .await
            .map_err(|e| self.failed(e))?;
        // A value of another type than is ever written is a change from outside as well.
        let read =
            |row: &SqliteRow| StoredRow::read(row).map_err(|e| changed(version, vec![], e.to_string()));
        rows.iter().map(read).collect()
    }

    /// Refuses rows that begin or end with a version that there is not: the row's end was changed, so that layers no
    /// longer show it, or the version was taken away.
    async fn without_strays(&self, version: &VersionRecord) -> Result<(), StoreError> {
        let query = "SELECT coalesce(code, name) FROM unit_rows
             WHERE max(from_version, coalesce(to_version, 0)) > (SELECT max(number) FROM versions) ORDER BY 1";
        let units: Vec<String> =
            sqlx::query_scalar(query).fetch_all(&self.readers).await.map_err(|e| self.failed(e))?;
        match units.first() {
            None => Ok(()),
            Some(first) => {
                let detail = format!(
                    "{} rows begin or end with a version that there is not, the first is {first}",
                    units.len()
                );
                Err(changed(version, units, detail))
            }
        }
    }
}

fn changed(version: &VersionRecord, units: Vec<String>, detail: String) -> StoreError {
    let expected = version.content_hash;
    StoreError::ChangedOutside { version: version.number, expected, found: None, units, detail }
}

/// The partition of the rows, if every row and the whole are as they were saved.
pub(super) fn checked(version: &VersionRecord, rows: Vec<StoredRow>) -> Result<Partition, StoreError> {
    use rayon::prelude::*;
    let units: Vec<String> =
        rows.par_iter().filter(|r| r.row.digest() != *r.digest).map(|r| r.row.label()).collect();
    let rows = rows.into_iter().map(|r| r.row).collect();
    let partition = partition_of(&version.levels, rows);
    let found = partition.as_ref().ok().map(Partition::content_hash);
    let expected = version.content_hash;
    match partition {
        Ok(partition) if units.is_empty() && found == Some(expected) => Ok(partition),
        whole => {
            let detail = match (units.first(), whole) {
                (Some(first), _) => format!("{} rows differ, the first is {first}", units.len()),
                (None, Err(detail)) => detail,
                (None, Ok(_)) => "rows were added or removed".to_owned(),
            };
            Err(StoreError::ChangedOutside { version: version.number, expected, found, units, detail })
        }
    }
}

/// Whether what is stored of every unit is what the leaves make.
fn upper_levels(
    version: &VersionRecord,
    partition: &Partition,
    rows: &[StoredRow],
) -> Result<(), StoreError> {
    let due = rows_of(partition, &partition.hierarchy).map_err(|e| changed(version, vec![], e))?;
    let digests: std::collections::BTreeMap<Uid, RowDigest> =
        due.iter().map(|r| (r.uid, r.digest())).collect();
    let differ = |r: &&StoredRow| digests.get(&r.row.uid).is_none_or(|d| *d != *r.digest);
    let units: Vec<String> = rows.iter().filter(differ).map(|r| r.row.label()).collect();
    if units.is_empty() && rows.len() == due.len() {
        return Ok(());
    }
    Err(changed(version, units, "what is stored of upper levels is not what their leaves make".to_owned()))
}
