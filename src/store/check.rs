//! Rows as they were stored → the partition that was saved, or how they differ from it; the same for every backend.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::StoreError;
use super::record::VersionRecord;
use super::rows::{RowDigest, UnitRow, partition_of, rows_of};
use crate::coverage::Partition;
use crate::unit::Uid;

/// A row with the digest that was stored beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRow {
    pub row: UnitRow,
    pub digest: Vec<u8>,
}

impl StoredRow {
    /// Whether the row is as it was saved.
    pub fn is_whole(&self) -> bool {
        self.row.digest() == *self.digest
    }
}

/// A change from outside, found in a version.
pub fn changed(version: &VersionRecord, units: Vec<String>, detail: String) -> StoreError {
    let expected = version.content_hash;
    StoreError::ChangedOutside { version: version.number, expected, found: None, units, detail }
}

/// Refuses rows that begin or end with a version that there is not, which `units` are: the row's end was changed, so
/// that layers no longer show it, or the version was taken away.
///
/// # Errors
/// [`StoreError::ChangedOutside`] where there are any.
pub fn without_strays(version: &VersionRecord, units: Vec<String>) -> Result<(), StoreError> {
    let Some(first) = units.first() else { return Ok(()) };
    let count = units.len();
    let detail = format!("{count} rows begin or end with a version that there is not, the first is {first}");
    Err(changed(version, units, detail))
}

/// The partition of the rows, if every row and the whole are as they were saved.
///
/// # Errors
/// [`StoreError::ChangedOutside`] where something differs.
pub fn checked(version: &VersionRecord, rows: Vec<StoredRow>) -> Result<Partition, StoreError> {
    let units: Vec<String> = rows.par_iter().filter(|r| !r.is_whole()).map(|r| r.row.label()).collect();
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
///
/// # Errors
/// [`StoreError::ChangedOutside`] where something differs.
pub fn upper_levels(
    version: &VersionRecord,
    partition: &Partition,
    rows: &[StoredRow],
) -> Result<(), StoreError> {
    let due = rows_of(partition, &partition.hierarchy).map_err(|e| changed(version, vec![], e))?;
    let digests: BTreeMap<Uid, RowDigest> = due.iter().map(|r| (r.uid, r.digest())).collect();
    let differ = |r: &&StoredRow| digests.get(&r.row.uid).is_none_or(|d| *d != *r.digest);
    let units: Vec<String> = rows.iter().filter(differ).map(|r| r.row.label()).collect();
    if units.is_empty() && rows.len() == due.len() {
        return Ok(());
    }
    Err(changed(version, units, "what is stored of upper levels is not what their leaves make".to_owned()))
}

/// Both of these.
///
/// # Errors
/// [`StoreError::ChangedOutside`] where something differs.
pub fn verified(version: &VersionRecord, rows: &[StoredRow]) -> Result<(), StoreError> {
    let partition = checked(version, rows.to_vec())?;
    upper_levels(version, &partition, rows)
}
