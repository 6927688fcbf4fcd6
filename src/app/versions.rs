//! The version served, older ones from history, and newer ones as they appear in the store.

use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, offset};

use super::cache::digest;
use super::{App, Error};
use crate::access::Scope;
use crate::snapshot::{Features, Snapshot};
use crate::store::{Change, Known, Store, StoreError, VersionRecord};
use crate::tiling::{Tileset, Zooms};
use crate::unit::{Code, Levels, PointLayer};

/// How many versions from history are kept.
const KEPT: usize = 2;

/// Which version is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// The current one.
    Now,
    /// The one of that number.
    Version(u64),
    /// The one in force on that day.
    At(Date),
}

/// What clocks show in the county: Beijing time, all year.
pub(super) const COUNTY_TIME: Offset = offset(8);

fn day_of(moment: Timestamp) -> Date {
    COUNTY_TIME.to_datetime(moment).date()
}

/// The day that it is in the county.
#[must_use]
pub fn today() -> Date {
    day_of(Timestamp::now())
}

/// A day as text names it: a date, or a time, which with a zone (`Z`, `+08:00`) counts as the day it is in the county.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day(pub Date);

impl FromStr for Day {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse().map(day_of).or_else(|_| text.parse()).map(Self)
    }
}

/// A version made ready, with its record and the tilesets' tokens.
pub struct Served {
    /// Who, when, why.
    pub record: VersionRecord,
    /// What answers.
    pub snapshot: Arc<Snapshot>,
    /// The tilesets and their builds, in the catalog's order; see [`builds`].
    pub tilesets: Vec<(Tileset, Arc<str>)>,
    /// What the coverage is called.
    pub name: String,
    /// Whether it is made up.
    pub synthetic: bool,
    /// Rises when points or lines are replaced.
    pub features_stamp: String,
}

impl Served {
    /// The version, for a store that is to compare the next one with it.
    pub(super) fn known(&self) -> Known {
        Known { version: self.record.clone(), partition: self.snapshot.shared_partition() }
    }

    /// The build of tileset `county`, the first in the catalog.
    #[must_use]
    pub fn build(&self) -> Arc<str> {
        self.tilesets.first().map_or_else(|| "".into(), |(_, build)| Arc::clone(build))
    }
}

/// Versions from history that are kept; one version is built at a time, whichever it is.
#[derive(Default)]
pub(super) struct Old {
    /// The one used last at the end.
    kept: std::sync::Mutex<Vec<Arc<Served>>>,
    /// How many times all were dropped: what was begun before is not kept.
    clearings: AtomicU64,
    building: tokio::sync::Mutex<()>,
}

impl Old {
    fn find(&self, number: u64) -> Option<Arc<Served>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().position(|served| served.record.number == number)?;
        let served = kept.remove(at);
        kept.push(Arc::clone(&served));
        Some(served)
    }

    fn clear(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.clearings.fetch_add(1, Ordering::SeqCst);
        kept.clear();
    }

    fn clearings(&self) -> u64 {
        self.clearings.load(Ordering::SeqCst)
    }

    /// Keeps a version that was begun after so many clearings.
    fn keep(&self, served: Arc<Served>, clearings: u64) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if clearings != self.clearings() {
            return;
        }
        kept.retain(|other| other.record.number != served.record.number);
        kept.push(served);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoVersion { .. } => Self::Missing(error.to_string()),
            StoreError::Stale { .. } | StoreError::Refused(_) => Self::Conflict(error.to_string()),
            StoreError::Busy { .. } | StoreError::Full { .. } | StoreError::ReadOnly { .. } => {
                Self::Busy(error.to_string())
            }
            StoreError::Unreachable { .. }
            | StoreError::Failed { .. }
            | StoreError::Denied { .. }
            | StoreError::Stranger { .. }
            | StoreError::Unwritable { .. }
            | StoreError::NoFolder { .. } => Self::Away { cause: error.to_string() },
            other => Self::Internal(other.to_string()),
        }
    }
}

/// Reads a version and makes it ready. `like` is a version of the same store: its features may be shared, and of a later
/// version only the rows that changed since are read.
pub(super) async fn load(store: &Store, number: u64, like: Option<&Served>) -> Result<Arc<Served>, Error> {
    let stamp = store.features_stamp().await?;
    let loaded = match like.filter(|l| l.record.number < number) {
        Some(like) => store.load_after(number, &like.record, like.snapshot.partition()).await?,
        None => store.load(number).await?,
    };
    let features = match like.filter(|l| l.features_stamp == stamp) {
        Some(like) => Arc::clone(like.snapshot.features()),
        None => Arc::new(features(store).await?),
    };
    let name = store.setting(NAME).await?;
    let synthetic = store.setting(SYNTHETIC).await?.is_some_and(|v| v == "true");
    let stored = store.setting(&zooms_key(&loaded.version.levels)).await?;
    let record = loaded.version;
    let before = like.map(|like| Arc::clone(&like.snapshot));
    let made = tokio::task::spawn_blocking(move || {
        let zooms = stored.as_deref().and_then(|text| serde_json::from_str::<Zooms>(text).ok());
        let zooms = zooms.unwrap_or_else(|| Zooms::choose(&loaded.partition));
        let partition = Arc::new(loaded.partition);
        let snapshot = match before.filter(|before| *before.atlas().zooms() == zooms) {
            Some(before) => Snapshot::after(&before, record.number, partition, features),
            None => Snapshot::new(record.number, partition, zooms, features),
        };
        snapshot.make_ready();
        let tilesets = builds(&record, &snapshot);
        let name = name.unwrap_or_else(|| snapshot.name());
        Served { record, tilesets, name, synthetic, features_stamp: stamp, snapshot: Arc::new(snapshot) }
    });
    made.await.map(Arc::new).map_err(Error::internal)
}

/// The version after one that is served, from its snapshot, which is made ready here where it is not yet: of the same
/// store, with the same points and lines.
pub(super) async fn next(
    before: &Served,
    record: VersionRecord,
    snapshot: Arc<Snapshot>,
) -> Result<Arc<Served>, Error> {
    let (name, synthetic, stamp) = (before.name.clone(), before.synthetic, before.features_stamp.clone());
    let made = tokio::task::spawn_blocking(move || {
        snapshot.make_ready();
        let tilesets = builds(&record, &snapshot);
        Served { record, tilesets, name, synthetic, features_stamp: stamp, snapshot }
    });
    made.await.map(Arc::new).map_err(Error::internal)
}

/// Every tileset with its build, `DEFINITION-IDENTITY`: what draws it, and which version it draws. After a failover that
/// lost versions a number may stand for another county, so the number alone names no bytes for ever.
fn builds(record: &VersionRecord, snapshot: &Snapshot) -> Vec<(Tileset, Arc<str>)> {
    let identity = digest(format!("{} {}", record.recorded_at, record.content_hash).as_bytes());
    let built = |tileset: Tileset| {
        let build = format!("{}-{}", snapshot.build_of(&tileset), &identity[..8]).into();
        (tileset, build)
    };
    Tileset::built_in().into_iter().map(built).collect()
}

/// The setting that says what the coverage is called.
pub const NAME: &str = "name";
/// The setting that is `true` where borders are made up.
pub const SYNTHETIC: &str = "synthetic";

/// The setting with the zooms chosen when a coverage of these levels was first entered: a version keeps its own after
/// another with other levels.
pub(super) fn zooms_key(levels: &Levels) -> String {
    format!("zooms {levels}")
}

async fn features(store: &Store) -> Result<Features, Error> {
    Ok(Features::new(store.points(PointLayer::Places).await?, store.lines().await?))
}

impl App {
    /// The version that is meant.
    ///
    /// # Errors
    /// [`Error::Missing`] where the store has no such version.
    pub async fn served(&self, _: &Scope, when: &When) -> Result<Arc<Served>, Error> {
        match *when {
            When::Now => Ok(self.current.load_full()),
            When::Version(number) => self.numbered(number).await,
            When::At(date) => {
                let missing = || Error::Missing(format!("no version was in force on {date}"));
                let record = self.contact.note(self.store.at(date).await)?.ok_or_else(missing)?;
                self.numbered(record.number).await
            }
        }
    }

    async fn numbered(&self, number: u64) -> Result<Arc<Served>, Error> {
        let current = self.current.load_full();
        if number > current.record.number {
            self.catch_up_soon().await?;
        }
        let current = self.current.load_full();
        if number == current.record.number {
            return Ok(current);
        }
        if number == 0 || number > current.record.number {
            let detail =
                format!("no version {number}: the store has versions 1 to {}", current.record.number);
            return Err(Error::Missing(detail));
        }
        self.older(number, &current).await
    }

    async fn older(&self, number: u64, current: &Served) -> Result<Arc<Served>, Error> {
        if let Some(served) = self.old.find(number) {
            return Ok(served);
        }
        let _one_at_a_time = self.old.building.lock().await;
        if let Some(served) = self.old.find(number) {
            return Ok(served);
        }
        let clearings = self.old.clearings();
        let served = self.contact.note(load(&self.store, number, Some(current)).await)?;
        self.old.keep(Arc::clone(&served), clearings);
        Ok(served)
    }

    /// A version was taken out of service: it is kept, unless points and lines, which are the store's, have changed:
    /// old versions show the new ones too.
    pub(super) fn replaced(&self, before: Arc<Served>, stamp: &str) {
        if stamp == before.features_stamp {
            self.old.keep(before, self.old.clearings());
        } else {
            self.old.clear();
        }
    }

    /// Drops all that is kept of versions that the store has lost. A tile of theirs that is being made is kept under
    /// their build, which nobody is given any more.
    pub(super) fn forget(&self) {
        self.old.clear();
        self.counts.clear();
        self.cache.clear();
        self.drawn.clear();
    }

    /// Builds in the background what a version can do without at first, until another is being loaded.
    pub(super) fn build_the_rest(&self) {
        let (served, store) = (self.current.load_full(), self.store.clone());
        let loads = Arc::clone(&self.rounds.loads);
        let begun = loads.load(Ordering::Relaxed);
        tokio::spawn(async move {
            if let Err(error) = with_dwellings(&store, &served).await {
                tracing::warn!(%error, "could not read the dwellings");
            }
            let snapshot = Arc::clone(&served.snapshot);
            let wanted = move || loads.load(Ordering::Relaxed) == begun;
            tokio::task::spawn_blocking(move || snapshot.build_the_rest(wanted));
        });
    }

    /// Makes sure that a version has its dwellings, before they are counted.
    pub(super) async fn with_dwellings(&self, served: &Served) -> Result<(), Error> {
        if served.snapshot.features().dwellings().is_some() {
            return Ok(());
        }
        self.contact.note(with_dwellings(&self.store, served).await)
    }

    /// Every version's record, oldest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn versions(&self, _: &Scope) -> Result<Vec<VersionRecord>, Error> {
        self.contact.note(self.store.versions().await)
    }

    /// A version's record and what it changed.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is no such version.
    pub async fn changes(&self, scope: &Scope, number: u64) -> Result<(VersionRecord, Vec<Change>), Error> {
        let record = self.contact.note(self.store.version(number).await)?;
        let mut changes = self.contact.note(self.store.changes(number).await)?;
        if !scope.sees_all() {
            // A void has no code, and is nobody's.
            changes.retain(|change| {
                Code::new(&change.code).is_ok_and(|c| scope.sees(&c)) || change.code.is_empty()
            });
        }
        Ok((record, changes))
    }
}

async fn with_dwellings(store: &Store, served: &Served) -> Result<(), Error> {
    let features = served.snapshot.features();
    if features.dwellings().is_none() {
        features.set_dwellings(&store.points(PointLayer::Dwellings).await?);
    }
    Ok(())
}
