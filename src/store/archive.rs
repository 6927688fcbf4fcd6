//! Everything that a store holds, to be put into another of any kind.
//!
//! ```text
//!   store ─ one consistent read ─→ archive ─ every row and every version checked ─→ empty store, in one transaction
//!                                    └──────────────── equal? ─────────────────────┘ read again
//! ```
//!
//! It is held in memory: a county and its past are some hundred megabytes at most.

use super::attachments::Files;
use super::check::{StoredRow, checked};
use super::ledger::Ledger;
use super::plans::Plans;
use super::record::{FeedRow, LineageRow, VersionRecord};
use super::rows::attributes_of;
use super::{Directory, Store, StoreError};
use crate::coverage::Partition;
use crate::unit::{LineFeature, Person, PointFeature, PointLayer};

/// Settings that are a store's own, and not what it holds: the number of its schema, which levels its layers are of,
/// the key of the file with its people.
const OWN: [&str; 3] = ["wangge_schema", "wangge_layers", "private"];

/// What a store holds.
pub struct Archive {
    pub(super) versions: Vec<VersionRecord>,
    /// In the order they were written.
    pub(super) rows: Vec<PastRow>,
    pub(super) lineage: Vec<LineageRow>,
    pub(super) feed: Vec<FeedRow>,
    /// By key.
    pub(super) settings: Vec<(String, String)>,
    pub(super) points: Vec<(PointLayer, Vec<PointFeature>)>,
    pub(super) lines: Vec<LineFeature>,
    pub(super) people: Vec<Person>,
    pub(super) ledger: Ledger,
    pub(super) plans: Plans,
    pub(super) attachments: Files,
}

/// A row and the versions it holds for.
#[derive(PartialEq)]
pub struct PastRow {
    pub stored: StoredRow,
    pub from: u64,
    pub to: Option<u64>,
}

impl Archive {
    /// Every version's record, oldest first.
    #[must_use]
    pub fn versions(&self) -> &[VersionRecord] {
        &self.versions
    }

    /// How many rows, points, lines, people and accounts there are.
    #[must_use]
    pub fn counts(&self) -> [usize; 5] {
        let points = self.points.iter().map(|(_, points)| points.len()).sum();
        let accounts = self.ledger.directory.accounts.len();
        [self.rows.len(), points, self.lines.len(), self.people.len(), accounts]
    }

    /// Every point's attributes as they are stored, by layer.
    pub(super) fn attributes(&self) -> Result<Vec<Vec<String>>, String> {
        self.points.iter().map(|(_, points)| attributes_of(points)).collect()
    }

    /// A version's partition, if each of its rows and the whole are as they were saved.
    ///
    /// # Errors
    /// [`StoreError::ChangedOutside`] where something differs.
    pub fn partition(&self, version: &VersionRecord) -> Result<Partition, StoreError> {
        let holds =
            |row: &&PastRow| row.from <= version.number && row.to.is_none_or(|to| to > version.number);
        checked(version, self.rows.iter().filter(holds).map(|row| row.stored.clone()).collect())
    }

    /// The first thing in which another differs.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        let parts = [
            ("versions", self.versions == other.versions),
            ("rows", self.rows == other.rows),
            ("lineage", self.lineage == other.lineage),
            ("the feed", self.feed == other.feed),
            ("settings", self.settings == other.settings),
            ("points", self.points == other.points),
            ("lines", self.lines == other.lines),
            ("people", self.people == other.people),
            ("accounts and keys", self.ledger.directory == other.ledger.directory),
            ("plans", self.plans == other.plans),
            ("files of plans", self.attachments == other.attachments),
            ("the log", self.ledger.audit == other.ledger.audit),
        ];
        parts.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
    }
}

impl Store {
    /// Whether nothing was ever put into the store.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let empty = self.latest().await?.is_none() && self.features_held().await?.is_empty();
        let empty = empty && self.people().await?.is_empty();
        Ok(empty && self.audit_head().await?.seq == 0 && self.directory().await? == Directory::default())
    }
}

/// Settings but for a store's own, by key.
pub(super) fn held(mut settings: Vec<(String, String)>) -> Vec<(String, String)> {
    settings.retain(|(key, _)| !OWN.contains(&key.as_str()));
    settings.sort();
    settings
}
