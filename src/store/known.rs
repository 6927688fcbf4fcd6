//! A version in memory and the next → the rows that differ, worked out before the store is asked; the same for every
//! backend.
//!
//! ```text
//!   known ─ units and borders that differ ─→ rows to close, rows to write, lineage, content hash
//!   store ─ current version, number of rows, the rows to close ─→ as known? ─ yes: written   no: compared whole
//! ```
//!
//! So a publish costs what it changes. The rows that it closes must be as they were saved, and so must the number of rows;
//! the others are checked whenever a version is read whole: at start, by `check`, by an import.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::StoreError;
use super::check::StoredRow;
use super::delta::Delta;
use super::record::{Known, NewVersion, Uids, VersionRecord};
use super::rows::{UnitRow, some_rows_of};
use super::{identity, lineage};
use crate::coverage::Partition;
use crate::unit::{Hierarchy, Uid};

/// What a version changes of the one before it, whose units keep their uids.
#[derive(Debug)]
pub struct Changes {
    before: VersionRecord,
    next: Arc<Partition>,
    delta: Delta,
    /// The rows that it closes, as they must be stored.
    closed: Vec<UnitRow>,
    /// How many rows the version before has.
    rows: usize,
    /// Which uids it has.
    uids: BTreeSet<Uid>,
}

/// What the store says of its current version.
pub struct Head {
    /// `None` in an empty store.
    pub version: Option<VersionRecord>,
    /// How many rows hold.
    pub rows: usize,
    /// The highest uid ever given, or reserved.
    pub highest: u32,
    /// Uids that edits of plans drew.
    pub reserved: BTreeSet<Uid>,
    /// The rows that are to be closed.
    pub closed: Vec<StoredRow>,
}

impl NewVersion {
    /// What it changes, where that is worked out.
    pub(super) fn worked_out(&self) -> Option<&Changes> {
        let changes = self.changes.as_deref().filter(|_| self.uids == Uids::Kept);
        changes.filter(|changes| Arc::ptr_eq(&changes.next, &self.partition))
    }
}

impl Known {
    /// What a partition changes of this version, where the units that it keeps have the uids that they have here; `None`
    /// where its levels are others: a row names its level, so every row may be another.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for attributes that cannot be.
    pub fn toward(&self, next: &Arc<Partition>) -> Result<Option<Changes>, StoreError> {
        if self.partition.hierarchy.levels() != next.hierarchy.levels() {
            return Ok(None);
        }
        Changes::between(self, next).map(Some)
    }
}

impl Changes {
    fn between(known: &Known, next: &Arc<Partition>) -> Result<Self, StoreError> {
        let before = &*known.partition;
        let mut differ = before.redrawn(next);
        differ.extend(said_otherwise(&before.hierarchy, &next.hierarchy));
        let rows = |partition: &Partition| {
            some_rows_of(partition, &partition.hierarchy, |uid| differ.contains(&uid))
                .map_err(StoreError::Refused)
        };
        let mut old: BTreeMap<Uid, UnitRow> = rows(before)?.into_iter().map(|row| (row.uid, row)).collect();
        let (mut written, mut closed) = (Vec::new(), Vec::new());
        for row in rows(next)? {
            match old.remove(&row.uid) {
                Some(same) if same == row => continue,
                was => closed.extend(was),
            }
            let digest = row.digest();
            written.push((row, digest));
        }
        closed.extend(old.into_values());
        let delta = Delta {
            hierarchy: next.hierarchy.clone(),
            content_hash: next.content_hash(),
            written,
            closed: closed.iter().map(|row| row.uid).collect(),
            lineage: lineage::derive(known.version.number + 1, before, next),
        };
        let uids: BTreeSet<Uid> = before.hierarchy.uids().collect();
        Ok(Self {
            before: known.version.clone(),
            next: Arc::clone(next),
            delta,
            closed,
            rows: uids.len(),
            uids,
        })
    }

    /// Whose rows it closes.
    pub(super) fn closed(&self) -> &[Uid] {
        &self.delta.closed
    }

    /// The changes and the number of the version that they make, where the store is at the one that they were made from;
    /// `None` where it is not, or not as it was saved: comparing it whole tells what is wrong.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for uids that cannot be.
    pub(super) fn on(&self, head: Head) -> Result<Option<(u64, &Delta)>, StoreError> {
        let Head { version, rows, highest, mut reserved, closed } = head;
        if version.as_ref() != Some(&self.before) || rows != self.rows {
            return Ok(None);
        }
        let stored: BTreeMap<Uid, &StoredRow> = closed.iter().map(|row| (row.row.uid, row)).collect();
        let is_whole = |row: &UnitRow| stored.get(&row.uid).is_some_and(|s| s.row == *row && s.is_whole());
        if closed.len() != self.closed.len() || !self.closed.iter().all(is_whole) {
            return Ok(None);
        }
        reserved.extend(&self.uids);
        identity::kept(&self.delta.hierarchy, &reserved, highest).map_err(StoreError::Refused)?;
        Ok(Some((self.before.number + 1, &self.delta)))
    }
}

/// Units and voids of which something else is said in the next version: their rows differ, wherever their borders run.
fn said_otherwise(before: &Hierarchy, next: &Hierarchy) -> BTreeSet<Uid> {
    let parent =
        |hierarchy: &Hierarchy, index| hierarchy.parent(index).map(|p| hierarchy.unit(p).code.clone());
    let units = (0..).zip(next.units()).filter(|&(index, unit)| {
        let was = before.by_uid(unit.uid);
        was.is_none_or(|was| before.unit(was) != unit || parent(before, was) != parent(next, index))
    });
    let voids = (0..).zip(next.voids()).filter(|(i, void)| before.voids().get(*i) != Some(*void));
    units.map(|(_, unit)| unit.uid).chain(voids.map(|(_, void)| void.uid)).collect()
}
