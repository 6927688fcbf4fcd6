//! The use cases, each with its caller's [`Scope`](crate::access::Scope), and the one place where things are wired
//! together: the store, the current snapshot, the old ones, what is kept, and the seats for CPU work.
//!
//! ```text
//! store ─ load ─▶ Served (record, Snapshot) ─▶ ArcSwap ─▶ every request takes one and keeps it to its end
//!      └ when it says so, every 5 s, and when someone asks for a newer version: is there one?
//! ```
//!
//! | file | what |
//! |---|---|
//! | `versions` | the version served, and older ones |
//! | `follow`, `contact` | newer versions as they appear in the store; whether it answers |
//! | `tiles`, `drawn` | tiles and what describes them; which version drew one first |
//! | `locate`, `batch` | whose is a point, and many points as a stream |
//! | `search` | what a text may mean |
//! | `units`, `near`, `measures`, `summary` | what there is, and numbers of it |
//! | `select` | the units that a drawn area or line meets |
//! | `history`, `lineage`, `crosswalk` | what became of a unit, of those that a version touched, and of all between two |
//! | `plans` | drafts of the next version, edited, reviewed and published |
//! | `people` | who answers for a unit |
//! | `background` | a map beneath the grids |
//! | `enter` | how versions get into a store |
//! | `identity` | who calls: accounts, sessions, keys, and the log |
//! | `single_sign_on` | those whom a provider vouches for |
//! | `live`, `ring`, `listeners` | what happens, the last of it, and those who listen |
//! | `copy` | a store's whole content into another |
//! | `cache`, `encoding`, `pool` | kept bodies, their encodings, seats for work |

mod background;
pub mod batch;
mod cache;
mod contact;
mod copy;
mod crosswalk;
mod drawn;
mod encoding;
mod enter;
mod error;
mod export;
mod follow;
mod history;
pub mod identity;
mod lineage;
mod listeners;
mod live;
mod locate;
mod measures;
mod near;
mod people;
pub mod plans;
mod pool;
mod ring;
mod search;
mod select;
mod sight;
mod single_sign_on;
mod summary;
mod tiles;
mod units;
mod versions;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::tz::Offset;

pub use crate::store::VersionRecord;
pub use background::{Background, BackgroundSource, BackgroundTile, Sheet};
pub use cache::{Body, CacheSize, digest};
pub use copy::{Copied, copy};
pub use crosswalk::Crossed;
pub use encoding::Encoding;
pub use enter::{Entry, enter};
pub use error::{Error, excerpt};
pub use export::{Export, Wanted};
pub use lineage::{Descent, Inherited};
pub use listeners::{Events, Start};
pub use live::{Change, Changed, Event, Happened, Published};
pub use locate::Located;
pub use near::Nearby;
pub use people::Responsible;
pub use pool::Pool;
pub use search::{Found, Pin, Sought};
pub use select::{Drawing, Selected, Within};
pub use single_sign_on::{Refusal, Return, SingleSignOn, SingleSignOnSettings};
pub use summary::Summary;
pub use tiles::{Tile, TileQuery, TilesetView};
pub use units::UnitList;
pub use versions::{Day, NAME, SYNTHETIC, Served, When, today};

use crate::store::{Mode, Store};
use cache::Cache;
use contact::Contact;
use drawn::Drawn;
use follow::{Loads, Rounds};
use identity::{Identity, SessionLimits};
use people::People;
use ring::Live;
use tiles::Key;
use versions::{COUNTY_TIME, Old};

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes of bodies kept in memory.
    pub cache_bytes: u64,
    /// What a map of this county must say of where it comes from, with its review number (审图号).
    pub attribution: Option<String>,
    /// The map beneath the grids.
    pub background: Option<BackgroundSource>,
    /// How long sessions hold.
    pub sessions: SessionLimits,
    /// Who vouches for people, beside this store.
    pub single_sign_on: Option<SingleSignOnSettings>,
    /// The county's clocks, by which people are on duty.
    pub time_zone: Offset,
}

impl Default for Settings {
    /// 64 MB: every tile of the county, in two encodings. No background. Beijing time.
    fn default() -> Self {
        Self {
            cache_bytes: 64 * 1024 * 1024,
            attribution: None,
            background: None,
            sessions: SessionLimits::default(),
            single_sign_on: None,
            time_zone: COUNTY_TIME,
        }
    }
}

impl Settings {
    async fn open_background(&self, pool: &Pool) -> Result<Option<Background>, Error> {
        match &self.background {
            Some(source) => Background::open(source, pool).await.map(Some),
            None => Ok(None),
        }
    }
}

/// A server's state: one store, the version it serves, and what is kept of it.
pub struct App {
    store: Store,
    pool: Pool,
    cache: Cache<Key>,
    current: ArcSwap<Served>,
    people: ArcSwap<People>,
    old: Old,
    store_version: AtomicU64,
    rounds: Rounds,
    loads: Loads,
    contact: Contact,
    live: Live,
    drawn: Drawn,
    attribution: Option<String>,
    background: Option<Background>,
    identity: Identity,
    single_sign_on: Option<SingleSignOn>,
    time_zone: Offset,
    drafts: plans::Drafts,
    fills: plans::Fills,
    counts: lineage::Counts,
}

/// What `/health/ready` says.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    /// Whether the locator and the zooms to 8 are there.
    pub ready: bool,
    /// The version served.
    pub version: u64,
    /// The newest version seen in the store.
    pub store_version: u64,
    /// How many zooms are built.
    pub zooms_ready: usize,
    /// How long ago the store was last reached, if it does not answer now.
    pub stale: Option<Duration>,
}

impl Health {
    /// How many versions the server is behind what it has seen of its store.
    #[must_use]
    pub const fn lag(&self) -> u64 {
        self.store_version.saturating_sub(self.version)
    }
}

impl App {
    /// Opens a store and makes its current version ready; [`Self::follow`] goes on from there.
    ///
    /// # Errors
    /// Where there is no such store or it is empty, newer than this program, or changed from outside; where others may
    /// read its people, or they are another store's; and where the background map is not what it should be.
    pub async fn open(location: &str, settings: &Settings) -> Result<Arc<Self>, Error> {
        let pool = Pool::new();
        let background = settings.open_background(&pool).await?;
        Self::wire(Store::open(location, Mode::Existing).await?, pool, background, settings).await
    }

    /// The same over a store that is open already.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn over(store: Store, settings: &Settings) -> Result<Arc<Self>, Error> {
        let pool = Pool::new();
        let background = settings.open_background(&pool).await?;
        Self::wire(store, pool, background, settings).await
    }

    async fn wire(
        store: Store,
        pool: Pool,
        background: Option<Background>,
        settings: &Settings,
    ) -> Result<Arc<Self>, Error> {
        let Some(latest) = store.latest().await? else {
            return Err(Error::Missing(format!(
                "{} holds no version yet: import or synth one first",
                store.location()
            )));
        };
        let (served, people) = tokio::try_join!(versions::load(&store, latest, None), people::read(&store))?;
        let identity = Identity::new(store.clone(), settings.sessions);
        identity.set_levels(&served.record.levels);
        let single_sign_on = settings.single_sign_on.as_ref().map(|s| SingleSignOn::new(s, identity.clone()));
        Ok(Arc::new(Self {
            cache: Cache::new(settings.cache_bytes, pool.clone()),
            current: ArcSwap::from(served),
            people: ArcSwap::from(people),
            old: Old::default(),
            store_version: AtomicU64::new(latest),
            rounds: Rounds::default(),
            loads: Loads::default(),
            contact: Contact::new(),
            live: Live::new(live::position(&store, latest).await?),
            drawn: Drawn::default(),
            attribution: settings.attribution.clone(),
            background,
            identity,
            single_sign_on,
            time_zone: settings.time_zone,
            drafts: plans::Drafts::default(),
            fills: plans::Fills::default(),
            counts: lineage::Counts::default(),
            store,
            pool,
        }))
    }

    /// The seats for CPU work.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Who calls: the use cases of accounts, sessions, keys and the log.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Who vouches for people beside this store, if a provider does.
    pub fn single_sign_on(&self) -> Option<&SingleSignOn> {
        self.single_sign_on.as_ref()
    }

    /// What a map of this county must say of where it comes from.
    pub fn attribution(&self) -> Option<&str> {
        self.attribution.as_deref()
    }

    /// The number of the version served.
    pub fn version(&self) -> u64 {
        self.current.load().record.number
    }

    /// Whether the server can answer, and what.
    pub fn health(&self) -> Health {
        let current = self.current.load();
        Health {
            ready: current.snapshot.is_ready(),
            version: current.record.number,
            store_version: self.store_version.load(Ordering::Relaxed),
            zooms_ready: current.snapshot.zooms_built(),
            stale: self.contact.away(),
        }
    }

    /// How long ago the store was last reached, if it does not answer now.
    pub fn stale(&self) -> Option<Duration> {
        self.contact.away()
    }

    /// What is kept of tiles and assets.
    pub fn cache_size(&self) -> CacheSize {
        self.cache.size()
    }

    /// How many versions were loaded since the start, and how long that took together.
    pub fn loads(&self) -> (u64, Duration) {
        self.loads.sum()
    }

    /// A file of the page in an encoding, compressed once.
    ///
    /// # Errors
    /// [`Error::Internal`] where compression failed.
    pub async fn asset(&self, path: &str, encoding: Encoding, bytes: Vec<u8>) -> Result<Body, Error> {
        self.cache.get(Key::Asset(path.into()), encoding, || async { Ok(bytes) }).await
    }

    /// Ends the connections to the store.
    pub async fn close(&self) {
        self.store.close().await;
    }
}
