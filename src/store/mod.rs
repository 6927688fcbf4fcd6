//! Where versions are kept: rows and deltas, never snapshots. The same in meaning on every backend.
//!
//! ```text
//!   partition ─ rows ─→ unit rows ─ differ ─→ close the old, write the new ─┐ one transaction with
//!                                            version, lineage, feed row ────┘ the version's content hash
//!   rows of version n (from_version ≤ n < to_version) ─ digests, hash checked ─→ the same partition
//! ```
//!
//! A store changed from outside is noticed: every row carries a digest, every version its content hash.
//! People and accounts stand apart from all of this, in a file or a schema of their own.
//!
//! | file | what |
//! |---|---|
//! | `record` | what goes in and comes out |
//! | `error` | why it could not |
//! | `rows` | partition → unit rows → partition, the same for every backend |
//! | `delta` | which rows a new version writes and closes |
//! | `since` | a version in memory and the rows written since → a later version |
//! | `known` | a version in memory and the next → the rows that differ, without reading the others |
//! | `check` | whether rows are as they were saved |
//! | `identity` | which uid a unit gets |
//! | `revision` | what each version did to one unit |
//! | `listen` | hears that something was written |
//! | `archive` | everything that a store holds, for another |
//! | `lineage` | what retired units became, by exact overlay |
//! | `geopackage` | the embedded backend: one SQLite file that any GIS opens |
//! | `postgis` | the backend for several servers: a schema of a database |
//! | `private` | people and accounts, in a file beside it that is its owner's alone |
//! | `ledger` | accounts, sessions, keys, tries and the log, the same for every backend |
//! | `attachments` | files that lie with plans, where people stand |
//! | `plans` | plans, their edits, and what these have drawn, the same for every backend |
//! | `line` | a connection to either kind of database, over which statements are written once |
//! | `sqlite` | what the two files have in common |
//! | `compute` | work off the reactor |

mod archive;
mod attachments;
mod check;
mod compute;
mod delta;
mod duty;
mod error;
mod geopackage;
mod identity;
mod known;
mod ledger;
mod line;
mod lineage;
mod listen;
mod plans;
mod postgis;
mod private;
mod record;
mod revision;
mod rows;
mod since;
mod sqlite;

pub use archive::Archive;
pub use attachments::{Attached, Attachment, NewAttachment, sha256};
pub use error::StoreError;
pub use geopackage::GeoPackage;
pub use known::Changes;
pub use ledger::{
    Account, Directory, Edit, Key, KeyKind, Ledger, NewAccount, NewKey, Place, Session, Standing,
};
pub use listen::Listener;
pub use plans::{NewDraft, NewPlan, Plan, PlanEdit, PlanRecord, Plans, Scheduled, Written};
pub use postgis::PostGis;
pub use record::{
    Admission, Aspect, Change, ChangeKind, FeedRow, Known, LineageRow, Loaded, Mode, NewVersion, Retired,
    Revision, Saved, Uids, VersionRecord,
};

use jiff::civil::Date;

use crate::coverage::Partition;
use crate::unit::{Code, LineFeature, Person, PointFeature, PointLayer, Uid};
use postgis::Address;

/// A store of any kind. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub enum Store {
    /// One GeoPackage file.
    GeoPackage(GeoPackage),
    /// A schema of a database with PostGIS.
    PostGis(PostGis),
}

/// Hands a call to the backend.
macro_rules! backend {
    ($self:ident, $store:ident => $call:expr) => {
        match $self {
            Self::GeoPackage($store) => $call,
            Self::PostGis($store) => $call,
        }
    };
}

impl Store {
    /// Opens a store: a path of a GeoPackage file, or `postgres://USER@HOST/DATABASE`, in which `?schema=NAME` means
    /// another schema than `wangge`.
    ///
    /// # Errors
    /// [`StoreError::NoStore`] where there is none and `mode` does not make one; [`StoreError::NotAStore`] where the
    /// file or schema is something else, which is left unchanged; [`StoreError::Newer`] where a newer program wrote it.
    pub async fn open(url: &str, mode: Mode) -> Result<Self, StoreError> {
        if Address::is(url) {
            return Ok(Self::PostGis(PostGis::open(Address::parse(url)?, mode).await?));
        }
        if Address::is_mistyped(url) {
            return Err(StoreError::Address { detail: "it begins otherwise".to_owned() });
        }
        if let Some((scheme, _)) = url.split_once("://") {
            return Err(StoreError::Unsupported { scheme: scheme.to_owned() });
        }
        Ok(Self::GeoPackage(GeoPackage::open(url.as_ref(), mode).await?))
    }

    /// Opens a store of which a replica, which may lag or be away, answers what it has already: rows, points, lines
    /// and history. Versions, the feed, settings, people and every write are the primary's.
    ///
    /// # Errors
    /// As [`Self::open`]; [`StoreError::Address`] where either is a file.
    pub async fn open_with_replica(url: &str, replica: &str, mode: Mode) -> Result<Self, StoreError> {
        if !Address::is(url) || !Address::is(replica) {
            let detail = "only a database has a replica to read from".to_owned();
            return Err(StoreError::Address { detail });
        }
        let replica = Address::parse(replica)?;
        let primary = PostGis::open(Address::parse(url)?, mode).await?;
        Ok(Self::PostGis(primary.with_replica(&replica)))
    }

    /// What a store's name is shown as, before it is opened: an address without its password.
    #[must_use]
    pub fn shown(url: &str) -> String {
        if Address::is_mistyped(url) {
            return "postgres…".to_owned();
        }
        if !Address::is(url) {
            return url
                .split_once("://")
                .map_or_else(|| url.to_owned(), |(scheme, _)| format!("{scheme}://…"));
        }
        Address::parse(url).map_or_else(|_| "postgres://…".to_owned(), |address| address.location)
    }

    /// Lets a role of the database in, as whoever owns the store.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a file, which has no roles.
    pub async fn grant(&self, role: &str, admission: Admission) -> Result<(), StoreError> {
        match self {
            Self::GeoPackage(_) => {
                Err(StoreError::Refused("a GeoPackage has no roles: expected a postgres:// store".to_owned()))
            }
            Self::PostGis(store) => store.grant(role, admission).await,
        }
    }

    /// Where the store is, for messages.
    #[must_use]
    pub fn location(&self) -> String {
        backend!(self, store => store.location())
    }

    /// Ends every connection; what was acknowledged is on disk already.
    pub async fn close(&self) {
        backend!(self, store => store.close().await);
    }

    /// Number of the current version: the highest. `None` in an empty store.
    ///
    /// # Errors
    /// [`StoreError::Failed`] where the store cannot be read.
    pub async fn latest(&self) -> Result<Option<u64>, StoreError> {
        backend!(self, store => store.latest().await)
    }

    /// Every version, oldest first.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn versions(&self) -> Result<Vec<VersionRecord>, StoreError> {
        backend!(self, store => store.versions().await)
    }

    /// One version's record.
    ///
    /// # Errors
    /// [`StoreError::NoVersion`] where there is no such version.
    pub async fn version(&self, number: u64) -> Result<VersionRecord, StoreError> {
        backend!(self, store => store.version(number).await)
    }

    /// The version in force on a day: of those effective by then the one effective last, of several the highest.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn at(&self, date: Date) -> Result<Option<VersionRecord>, StoreError> {
        backend!(self, store => store.at(date).await)
    }

    /// Reads a version whole, and checks it.
    ///
    /// # Errors
    /// [`StoreError::NoVersion`]; [`StoreError::ChangedOutside`] where it is not what was saved.
    pub async fn load(&self, number: u64) -> Result<Loaded, StoreError> {
        backend!(self, store => store.load(number).await)
    }

    /// Reads a version of which an earlier one is in memory: only the rows that changed between the two, and the whole
    /// only where that does not do. Checked as [`Self::load`] does, by the content hash.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub async fn load_after(
        &self,
        number: u64,
        base: &VersionRecord,
        partition: &Partition,
    ) -> Result<Loaded, StoreError> {
        backend!(self, store => store.load_after(number, base, partition).await)
    }

    /// Checks the current version as [`Self::load`] does, and that what is stored of upper levels is what their
    /// leaves make. Returns the version, or `None` in an empty store.
    ///
    /// # Errors
    /// [`StoreError::ChangedOutside`] where something differs.
    pub async fn verify(&self) -> Result<Option<VersionRecord>, StoreError> {
        backend!(self, store => store.verify().await)
    }

    /// Saves a partition as the next version, writing only the rows that differ from the current one.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where the store has gone past `base`; [`StoreError::Refused`] for uids or level names
    /// that cannot be; then nothing is changed.
    pub async fn save(&self, new: &NewVersion) -> Result<Saved, StoreError> {
        backend!(self, store => store.save(new).await)
    }

    /// The units that a version added, changed or retired, by level and code.
    ///
    /// # Errors
    /// As [`Self::version`].
    pub async fn changes(&self, number: u64) -> Result<Vec<Change>, StoreError> {
        backend!(self, store => store.changes(number).await)
    }

    /// What became of a code that units had before version `number` and none has in it; `None` for one that is in use
    /// then or was not seen by then, whatever came later.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn retired(&self, code: &Code, number: u64) -> Result<Option<Retired>, StoreError> {
        backend!(self, store => store.retired(code, number).await)
    }

    /// The unit that has a code, or had it last; `None` for one never seen.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn holder(&self, code: &Code) -> Result<Option<Uid>, StoreError> {
        backend!(self, store => store.holder(code).await)
    }

    /// What each version did to a unit or void, oldest first; nothing for a uid never given.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn history(&self, uid: Uid) -> Result<Vec<Revision>, StoreError> {
        backend!(self, store => store.history(uid).await)
    }

    /// What a version's units came from and went to.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn lineage(&self, number: u64) -> Result<Vec<LineageRow>, StoreError> {
        backend!(self, store => store.lineage(number).await)
    }

    /// The feed's rows after `seq`, oldest first, at most `limit`.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn feed(&self, seq: u64, limit: u32) -> Result<Vec<FeedRow>, StoreError> {
        backend!(self, store => store.feed(seq, limit).await)
    }

    /// A layer's points, in the order they were given.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn points(&self, layer: PointLayer) -> Result<Vec<PointFeature>, StoreError> {
        backend!(self, store => store.points(layer).await)
    }

    /// Puts points in the place of all that a layer holds, and stamps it.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn replace_points(&self, layer: PointLayer, points: &[PointFeature]) -> Result<(), StoreError> {
        backend!(self, store => store.replace_points(layer, points).await)
    }

    /// The background's lines, in the order they were given.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn lines(&self) -> Result<Vec<LineFeature>, StoreError> {
        backend!(self, store => store.lines().await)
    }

    /// Puts lines in the place of all there are, and stamps it.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn replace_lines(&self, lines: &[LineFeature]) -> Result<(), StoreError> {
        backend!(self, store => store.replace_lines(lines).await)
    }

    /// What the store holds beside versions, and how many: `dwellings`, `addresses`, `places`, `background lines`; what
    /// there is none of is left out.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn features_held(&self) -> Result<Vec<(String, u64)>, StoreError> {
        backend!(self, store => store.features_held().await)
    }

    /// Differs from what it was once points or lines have been replaced; empty where there never were any.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn features_stamp(&self) -> Result<String, StoreError> {
        backend!(self, store => store.features_stamp().await)
    }

    /// Who answers for the units, in the order they were given; nobody, where no private file stands beside the store.
    ///
    /// # Errors
    /// [`StoreError::Exposed`] where others may read that file; [`StoreError::OfAnother`] where it is another store's.
    pub async fn people(&self) -> Result<Vec<Person>, StoreError> {
        backend!(self, store => store.people().await)
    }

    /// Puts people in the place of all there are, and stamps them.
    ///
    /// # Errors
    /// [`StoreError::Exposed`]; then nothing is changed.
    pub async fn replace_people(&self, people: &[Person]) -> Result<(), StoreError> {
        backend!(self, store => store.replace_people(people).await)
    }

    /// Differs from what it was once people have been replaced; empty where there never were any.
    ///
    /// # Errors
    /// As [`Self::people`].
    pub async fn people_stamp(&self) -> Result<String, StoreError> {
        backend!(self, store => store.people_stamp().await)
    }

    /// A setting that a version brought (`name`, `synthetic`, `zooms` …). `name` and `synthetic` (`true`) also stand
    /// in the layers' descriptions.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        backend!(self, store => store.setting(key).await)
    }

    /// Listens for writes, this server's own among them. Listen first, then read what is newer: what was written
    /// before is not said.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn listen(&self) -> Result<Listener, StoreError> {
        backend!(self, store => store.listen().await)
    }

    /// Everything that the store holds, as it is at one moment.
    ///
    /// # Errors
    /// As [`Self::latest`].
    pub async fn archive(&self) -> Result<Archive, StoreError> {
        backend!(self, store => store.archive().await)
    }

    /// Puts everything that another store held into this one, which is empty: all of it or nothing. `current` is the
    /// current version's partition, whose levels the layers are of.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`].
    pub async fn restore(&self, archive: &Archive, current: Option<&Partition>) -> Result<(), StoreError> {
        if !self.is_empty().await? {
            return Err(StoreError::NotEmpty { location: self.location() });
        }
        backend!(self, store => store.restore(archive, current).await)
    }
}
