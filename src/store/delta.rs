//! The current rows and a partition → the rows that a save writes and closes; the same for every backend.
//!
//! ```text
//!   current rows ─ checked ─┐
//!   partition ─ uids settled ─ rows ─ differ ─→ written, closed, lineage, content hash
//! ```

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, Unit as TimeUnit};

use super::StoreError;
use super::check::{StoredRow, checked};
use super::record::{LineageRow, NewVersion, Saved, Uids, VersionRecord};
use super::rows::{RowDigest, UnitRow, rows_of};
use super::{identity, lineage};
use crate::coverage::{ContentHash, Partition};
use crate::unit::{Hierarchy, Uid};

/// The current version, as its rows tell.
pub struct Current {
    /// `None` in an empty store.
    pub version: Option<VersionRecord>,
    pub rows: Vec<StoredRow>,
    /// The highest uid ever given, or reserved.
    pub highest: u32,
    /// Uids that edits of plans drew.
    pub reserved: BTreeSet<Uid>,
}

/// What a save writes.
#[derive(Debug)]
pub struct Delta {
    pub hierarchy: Hierarchy,
    pub content_hash: ContentHash,
    pub written: Vec<(UnitRow, RowDigest)>,
    pub closed: Vec<Uid>,
    pub lineage: Vec<LineageRow>,
}

impl Current {
    /// The version's number; 0 in an empty store.
    pub fn number(&self) -> u64 {
        self.version.as_ref().map_or(0, |v| v.number)
    }

    /// Refuses a version that was made from another than this.
    ///
    /// # Errors
    /// [`StoreError::Stale`].
    pub fn expect(&self, base: Option<u64>) -> Result<(), StoreError> {
        let current = self.number();
        match base {
            Some(base) if base != current => Err(StoreError::Stale { base, current }),
            _ => Ok(()),
        }
    }
}

/// Compares the partition with the current rows, which must be as they were saved: no version is built on one that
/// was changed from outside.
///
/// # Errors
/// [`StoreError::ChangedOutside`]; [`StoreError::Refused`] for uids or attributes that cannot be.
pub fn differ(partition: &Partition, uids: Uids, current: Current) -> Result<Delta, StoreError> {
    let next = current.number() + 1;
    let there: Vec<UnitRow> = current.rows.iter().map(|r| r.row.clone()).collect();
    let before = current.version.as_ref().map(|v| checked(v, current.rows)).transpose()?;
    let hierarchy = identity::settle(&partition.hierarchy, uids, &there, current.highest, &current.reserved)
        .map_err(StoreError::Refused)?;
    let mut old: BTreeMap<Uid, UnitRow> = there.into_iter().map(|r| (r.uid, r)).collect();
    let mut closed = Vec::new();
    let mut written = Vec::new();
    for row in rows_of(partition, &hierarchy).map_err(StoreError::Refused)? {
        match old.remove(&row.uid) {
            Some(same) if same == row => continue,
            Some(_) => closed.push(row.uid),
            None => {}
        }
        let digest = row.digest();
        written.push((row, digest));
    }
    closed.extend(old.into_keys());
    let after = Partition { hierarchy, coverage: partition.coverage.clone() };
    let lineage = before.map_or_else(Vec::new, |before| lineage::derive(next, &before, &after));
    Ok(Delta { hierarchy: after.hierarchy, content_hash: partition.content_hash(), written, closed, lineage })
}

/// The record of a version that is saved now.
pub fn record(new: &NewVersion, number: u64, content_hash: ContentHash) -> VersionRecord {
    let now = Timestamp::now();
    VersionRecord {
        number,
        recorded_at: now.round(TimeUnit::Millisecond).unwrap_or(now),
        effective_from: new.effective_from,
        author: new.author.clone(),
        note: new.note.clone(),
        document: new.document.clone(),
        levels: new.partition.hierarchy.levels().clone(),
        content_hash,
    }
}

impl Delta {
    /// What the feed says of it.
    pub fn payload(&self, version: &VersionRecord) -> String {
        let payload = serde_json::json!({
            "version": version.number,
            "content_hash": version.content_hash.to_string(),
            "rows_written": self.written.len(),
            "rows_closed": self.closed.len(),
        });
        payload.to_string()
    }

    /// What the caller is told.
    pub fn saved(&self, version: VersionRecord) -> Saved {
        let rows_changed = self.written.len().max(self.closed.len());
        Saved { version, hierarchy: self.hierarchy.clone(), rows_changed }
    }
}
