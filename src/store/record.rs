//! What goes into a store and what comes out.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::known::Changes;
use crate::coverage::{ContentHash, Partition};
use crate::unit::{Code, Hierarchy, Levels, Uid};

/// Whether opening may make a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Make one where there is none.
    Create,
    /// There must be one.
    Existing,
}

/// What a role of a database is let in for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// To serve and to publish.
    Server,
    /// To read the layers.
    Reader,
}

/// A published state, without its units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRecord {
    /// From 1, rising by one.
    pub number: u64,
    /// When it was entered; UTC, whole milliseconds.
    pub recorded_at: Timestamp,
    /// From which day it holds.
    pub effective_from: Date,
    /// Who entered it.
    pub author: String,
    /// Why.
    pub note: String,
    /// The document it rests on.
    pub document: String,
    /// Its levels.
    pub levels: Levels,
    /// Hash of its units and coordinates.
    pub content_hash: ContentHash,
}

/// A version's record as stores keep it.
pub(super) struct VersionTexts {
    pub number: i64,
    pub recorded_at: String,
    pub effective_from: String,
    pub author: String,
    pub note: String,
    pub document: String,
    pub levels: String,
    pub content_hash: String,
}

impl VersionTexts {
    /// # Errors
    /// What cannot be read.
    pub(super) fn parse(self) -> Result<VersionRecord, String> {
        let number = self.number;
        let odd = |column: &str, found: &str| format!("version {number} has a bad {column}: {found:?}");
        Ok(VersionRecord {
            number: number as u64,
            recorded_at: self.recorded_at.parse().map_err(|_| odd("recorded_at", &self.recorded_at))?,
            effective_from: self
                .effective_from
                .parse()
                .map_err(|_| odd("effective_from", &self.effective_from))?,
            levels: self.levels.parse().map_err(|_| odd("levels", &self.levels))?,
            content_hash: ContentHash::from_hex(&self.content_hash)
                .ok_or_else(|| odd("content_hash", &self.content_hash))?,
            author: self.author,
            note: self.note,
            document: self.document,
        })
    }
}

/// A version with its units.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The record.
    pub version: VersionRecord,
    /// The units and their coverage.
    pub partition: Partition,
}

/// Which uids the units of a new version get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uids {
    /// A unit whose code (a void whose name) the current version has keeps the uid it has there; others get new ones.
    /// For imports, whose own uids mean nothing.
    ByCode,
    /// The partition's own: each is the current version's or higher than any the store ever gave.
    /// For edits, which keep a uid through renumbering.
    Kept,
}

/// A version to be saved.
#[derive(Clone, Debug)]
pub struct NewVersion {
    /// The units and their coverage.
    pub partition: Arc<Partition>,
    /// Which uids they get.
    pub uids: Uids,
    /// The version it was made from: `Some(0)` for an empty store, `None` where any will do.
    pub base: Option<u64>,
    /// From which day it holds.
    pub effective_from: Date,
    /// Who enters it.
    pub author: String,
    /// Why.
    pub note: String,
    /// The document it rests on; may be empty.
    pub document: String,
    /// Settings that hold from it on, by key (`name`, `synthetic` …); others stay as they are.
    pub settings: Vec<(String, String)>,
    /// The plan that becomes this version, with the revision that it must still be at.
    pub plan: Option<(u64, u64)>,
    /// What it changes of the version it was made from, where the caller has worked that out and keeps its uids: then only
    /// the rows that differ are read and checked.
    pub changes: Option<Arc<Changes>>,
}

/// A version in memory.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its record.
    pub version: VersionRecord,
    /// Its units and their coverage.
    pub partition: Arc<Partition>,
}

/// What was saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The record.
    pub version: VersionRecord,
    /// The units with the uids they got; owners are numbered as in the partition given, whose coverage goes with it.
    pub hierarchy: Hierarchy,
    /// How many rows of units and voids were written or closed.
    pub rows_changed: usize,
}

/// What a version did to a unit or void.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// Not in the version before.
    Added,
    /// Other geometry, code, name, attributes or tint than before.
    Changed,
    /// In the version before, not in this one.
    Retired,
}

/// One unit or void that differs from the version before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its uid.
    pub uid: Uid,
    /// Name of its level, `void` for a void.
    pub level: String,
    /// Its code in this version, or the last it had; empty for a void.
    pub code: String,
    /// Its name, likewise.
    pub name: String,
    /// What happened.
    pub kind: ChangeKind,
}

/// What of a unit a version changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// It is new.
    Created,
    /// The level it stands at.
    Level,
    /// Its code.
    Code,
    /// Its name.
    Name,
    /// The code of the unit above it.
    Parent,
    /// Its colour among its neighbours.
    Tint,
    /// Its attributes.
    Attributes,
    /// Its borders.
    Geometry,
    /// It is no more.
    Retired,
}

/// What one version did to a unit or void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The version.
    pub version: VersionRecord,
    /// The unit's uid.
    pub uid: Uid,
    /// Name of its level, `void` for a void.
    pub level: String,
    /// Its code from this version on, or the last it had; `None` for a void.
    pub code: Option<String>,
    /// Its name, likewise.
    pub name: String,
    /// Code of the unit above it, likewise.
    pub parent: Option<String>,
    /// What changed, at least one.
    pub changed: Vec<Aspect>,
}

/// A part of one unit that became part of another.
#[derive(Clone, Debug, PartialEq)]
pub struct LineageRow {
    /// The version that did it.
    pub version: u64,
    /// Whose area it was.
    pub from: (Uid, Code),
    /// Whose area it became.
    pub to: (Uid, Code),
    /// Share of the former's area, over 0 to 1.
    pub share: f64,
}

/// A code that no unit has any more in the version asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Retired {
    /// The uid that had it last.
    pub uid: Uid,
    /// The name it had then.
    pub name: String,
    /// The version that retired the code.
    pub version: u64,
    /// What its area became, largest share first; empty where that area went to no unit.
    pub became: Vec<LineageRow>,
}

/// One row of the feed that servers and browsers follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRow {
    /// Rises by one.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// `published` …
    pub kind: String,
    /// The version it speaks of.
    pub version: Option<u64>,
    /// JSON.
    pub payload: String,
}
