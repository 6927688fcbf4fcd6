//! What happens, as it happens: the store's feed, for those who listen.
//!
//! ```text
//! feed row ─ its version is served here? ─ no: wait for the swap
//!                                          yes ─ what changed, which tiles ─▶ the last KEPT events ─▶ each listener,
//!                                                                            at its own pace
//! ```
//!
//! An event's number is the feed's: it is the same on every server over a store, rises by one, and outlives restarts. A
//! listener is a position in the feed and nothing more, so one that reads slowly holds nothing up; one that falls behind
//! what is kept is dropped, and goes on from the feed when it comes again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::{App, Error, Served};
use crate::access::Scope;
use crate::crs::Bounds;
use crate::store::{FeedRow, Store, VersionRecord};
use crate::tiling::{self, Touched};
use crate::unit::Uid;

/// Events that are kept, and rows of the feed that are sent to one who comes again. Beyond, a listener must look anew.
const KEPT: usize = 256;
/// Rows of the feed asked for at a time.
const ROWS: u32 = 1000;
/// Streams open at once.
const STREAMS: usize = 2048;
/// Units that an event names; more are only counted.
const NAMED: usize = 1000;

/// Something that happened.
#[derive(Debug)]
pub struct Event {
    /// The feed's number.
    pub seq: u64,
    /// What.
    pub what: Happened,
}

/// What happened.
#[derive(Debug)]
pub enum Happened {
    /// A version was published and is served.
    Published(Box<Published>),
    /// What this server does nothing with: the feed's kind, and its payload in JSON.
    Other {
        /// The row's kind.
        kind: String,
        /// JSON.
        payload: String,
    },
}

/// A version that was published, and what it changed.
#[derive(Debug)]
pub struct Published {
    /// Who, when, why.
    pub record: VersionRecord,
    /// The version served when this was said: a later one where several came at once. Then `change` is told with that.
    pub served: u64,
    /// The build of tileset `county`.
    pub build: Arc<str>,
    /// What changed; `None` where it is told later, or this server did not see the version before.
    pub change: Option<Change>,
}

/// What differs between two versions.
#[derive(Debug)]
pub struct Change {
    /// The version before, which this server served.
    pub from: u64,
    /// West, south, east, north in degrees, of all that differs; `None` where nothing does.
    pub bbox: Option<[f64; 4]>,
    /// Units and voids that differ, by level.
    pub counts: BTreeMap<String, usize>,
    /// Which ones; `None` where they are too many.
    pub units: Option<Vec<Uid>>,
    /// The tiles that differ; `None`: any may.
    pub tiles: Option<Touched>,
}

/// The events kept, and who waits for more.
#[derive(Debug)]
pub(super) struct Live {
    ring: Mutex<Ring>,
    newest: watch::Sender<u64>,
    /// The version served, or the feed, may have gone on.
    gone_on: Notify,
    closed: watch::Sender<bool>,
    streams: Arc<Semaphore>,
}

#[derive(Debug)]
struct Ring {
    /// Everything after this is in `events`.
    after: u64,
    events: VecDeque<Arc<Event>>,
}

impl Live {
    /// From where the feed stands.
    pub fn new(at: u64) -> Self {
        Self {
            ring: Mutex::new(Ring { after: at, events: VecDeque::new() }),
            newest: watch::Sender::new(at),
            gone_on: Notify::new(),
            closed: watch::Sender::new(false),
            streams: Arc::new(Semaphore::new(STREAMS)),
        }
    }

    /// The version served, or the feed, may have gone on.
    pub fn look(&self) {
        self.gone_on.notify_one();
    }

    fn ring(&self) -> std::sync::MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, event: Event) {
        let seq = event.seq;
        {
            let mut ring = self.ring();
            ring.events.push_back(Arc::new(event));
            if ring.events.len() > KEPT
                && let Some(dropped) = ring.events.pop_front()
            {
                ring.after = dropped.seq;
            }
        }
        self.newest.send_replace(seq);
    }

    fn newest(&self) -> u64 {
        *self.newest.borrow()
    }
}

/// Where the feed stands for one who serves `version`: the last row that speaks of it or of what was before.
pub(super) async fn position(store: &Store, version: u64) -> Result<u64, Error> {
    let mut at = 0;
    loop {
        let rows = store.feed(at, ROWS).await?;
        let full = rows.len() == ROWS as usize;
        for row in rows {
            if row.version.is_some_and(|v| v > version) {
                return Ok(at);
            }
            at = row.seq;
        }
        if !full {
            return Ok(at);
        }
    }
}

impl App {
    /// Tells listeners what the feed says, for ever.
    pub(super) async fn tell(&self) {
        let mut told = self.current.load_full();
        loop {
            self.live.gone_on.notified().await;
            while let Err(error) = self.tell_what_is_new(&mut told).await {
                tracing::warn!(%error, "could not tell what was published");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    async fn tell_what_is_new(&self, told: &mut Arc<Served>) -> Result<(), Error> {
        loop {
            let current = self.current.load_full();
            let number = current.record.number;
            let rows = self.contact.note(self.store.feed(self.live.newest(), ROWS).await)?;
            let full = rows.len() == ROWS as usize;
            for row in rows {
                if row.version.is_some_and(|v| v > number) {
                    return Ok(()); // after the swap
                }
                let change = if row.version == Some(number) && told.record.number < number {
                    let change = changed(told, &current).await?;
                    *told = Arc::clone(&current);
                    Some(change)
                } else {
                    None
                };
                let what = self.happened(&row, &current, change).await?;
                self.live.add(Event { seq: row.seq, what });
            }
            if !full {
                return Ok(());
            }
        }
    }

    async fn happened(
        &self,
        row: &FeedRow,
        served: &Served,
        change: Option<Change>,
    ) -> Result<Happened, Error> {
        let Some(number) = row.version.filter(|_| row.kind == "published") else {
            return Ok(Happened::Other { kind: row.kind.clone(), payload: row.payload.clone() });
        };
        let record = if number == served.record.number {
            served.record.clone()
        } else {
            self.contact.note(self.store.version(number).await)?
        };
        let build = served.tilesets.first().map_or_else(|| "".into(), |(_, build)| Arc::clone(build));
        let published = Published { record, served: served.record.number, build, change };
        Ok(Happened::Published(Box::new(published)))
    }

    /// What happens from now on; with `last`, the number of the event that the caller had last, all that has happened
    /// since.
    ///
    /// # Errors
    /// [`Error::Busy`] where too many listen; [`Error::Away`] where the store would have to be asked.
    pub async fn events(self: &Arc<Self>, _: &Scope, last: Option<u64>) -> Result<Events, Error> {
        let seat = Arc::clone(&self.live.streams).try_acquire_owned().map_err(|_| {
            Error::Busy(format!("expected at most {STREAMS} streams of events at once, found more"))
        })?;
        let (after, newest) = (self.live.ring().after, self.live.newest());
        let mut events = Events {
            app: Arc::clone(self),
            at: newest,
            earlier: VecDeque::new(),
            newest: self.live.newest.subscribe(),
            closed: self.live.closed.subscribe(),
            start: Start::Now,
            _seat: seat,
        };
        match last {
            None => {}
            // Another server may have told it already.
            Some(last) if last > newest && self.is_in_the_feed(last).await => {
                (events.at, events.start) = (last, Start::Resumed);
            }
            Some(last) if last > newest => events.start = Start::Reset,
            Some(last) => {
                events.at = last;
                events.start = Start::Resumed;
                if last < after {
                    if let Some(earlier) = self.earlier(last, after).await? {
                        events.earlier = earlier;
                    } else {
                        (events.at, events.start) = (newest, Start::Reset);
                    }
                }
            }
        }
        Ok(events)
    }

    /// Whether the store knows an event by that number.
    async fn is_in_the_feed(&self, seq: u64) -> bool {
        let row = self.contact.note(self.store.feed(seq - 1, 1).await);
        row.is_ok_and(|rows| rows.first().is_some_and(|row| row.seq == seq))
    }

    /// The feed's rows after `last` up to `until`, as events; `None` where they are too many, or no longer there.
    async fn earlier(&self, last: u64, until: u64) -> Result<Option<VecDeque<Arc<Event>>>, Error> {
        if until - last > KEPT as u64 {
            return Ok(None);
        }
        let current = self.current.load_full();
        let rows = self.contact.note(self.store.feed(last, KEPT as u32).await)?;
        let mut events = VecDeque::new();
        for row in rows.into_iter().take_while(|row| row.seq <= until) {
            let what = self.happened(&row, &current, None).await?;
            events.push_back(Arc::new(Event { seq: row.seq, what }));
        }
        let whole = events.front().is_some_and(|e| e.seq == last + 1);
        Ok(whole.then_some(events))
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        STREAMS - self.live.streams.available_permits()
    }

    /// Ends all streams of events: they would go on for ever.
    pub fn hang_up(&self) {
        self.live.closed.send_replace(true);
    }
}

/// What differs, worked out beside the reactor.
async fn changed(before: &Arc<Served>, after: &Arc<Served>) -> Result<Change, Error> {
    let (before, after) = (Arc::clone(before), Arc::clone(after));
    let work = move || {
        let (old, new) = (before.snapshot.atlas(), after.snapshot.atlas());
        let differences = tiling::differences(old, new);
        let tiles = tiling::touched(old, new, &differences);
        let round = differences.iter().fold(Bounds::EMPTY, |all, d| all.union(d.bounds));
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for difference in &differences {
            *counts.entry(difference.level.clone()).or_default() += 1;
        }
        let few = differences.len() <= NAMED;
        Change {
            from: before.record.number,
            bbox: (!round.is_empty()).then(|| round.degrees()),
            counts,
            units: few.then(|| differences.iter().map(|d| d.uid).collect()),
            tiles,
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}

/// How a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With what happens next.
    Now,
    /// Where the caller left off.
    Resumed,
    /// Anew: what the caller had last is not to be found, so it cannot be told what it missed.
    Reset,
}

/// One listener's place in the feed.
pub struct Events {
    app: Arc<App>,
    at: u64,
    /// Read from the store, because they are older than what is kept.
    earlier: VecDeque<Arc<Event>>,
    newest: watch::Receiver<u64>,
    closed: watch::Receiver<bool>,
    start: Start,
    _seat: OwnedSemaphorePermit,
}

impl Events {
    /// How it begins, and after which event.
    #[must_use]
    pub fn start(&self) -> (Start, u64) {
        (self.start, self.at)
    }

    /// The version served now, and the build of tileset `county`.
    #[must_use]
    pub fn serving(&self) -> (u64, Arc<str>) {
        let current = self.app.current.load();
        let build = current.tilesets.first().map_or_else(|| "".into(), |(_, build)| Arc::clone(build));
        (current.record.number, build)
    }

    /// The next event, once there is one; `None` where the server ends, or the listener fell behind what is kept. A wait
    /// that is given up loses nothing.
    pub async fn next(&mut self) -> Option<Arc<Event>> {
        loop {
            if *self.closed.borrow() {
                return None;
            }
            if let Some(event) = self.earlier.pop_front() {
                self.at = event.seq;
                return Some(event);
            }
            self.newest.mark_unchanged();
            {
                let ring = self.app.live.ring();
                if self.at < ring.after {
                    return None;
                }
                let next = ring.events.partition_point(|e| e.seq <= self.at);
                if let Some(event) = ring.events.get(next) {
                    self.at = event.seq;
                    return Some(Arc::clone(event));
                }
            }
            tokio::select! {
                changed = self.newest.changed() => changed.ok()?,
                _ = self.closed.changed() => return None,
            }
        }
    }
}
