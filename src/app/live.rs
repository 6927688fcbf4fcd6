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
//!
//! After a failover that lost versions the feed is another one from some row on. The row told last is read again each time,
//! so that this shows; then every listener is told to look anew, and goes on from where the feed stands now.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::ring::seq;
use super::{App, Error, Served};
use crate::access::Scope;
use crate::crs::Bounds;
use crate::store::{FeedRow, Store, VersionRecord};
use crate::tiling::{self, Difference, Plane, Touched};
use crate::unit::{Code, Uid};

/// Rows of the feed asked for at a time.
const ROWS: u32 = 1000;
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
    /// What was told before is no longer so, because the store has lost it: everything is to be looked at anew. The
    /// version served, and the build of tileset `county`.
    Reset(u64, Arc<str>),
    /// Points or lines were replaced, and the new ones are served: since when, and under which version. It has no number
    /// of its own: whoever misses it sees the moment in the summary.
    Features(u64, String),
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
    pub units: Option<Vec<Changed>>,
    /// The tiles that differ; `None`: any may.
    pub tiles: Option<Touched>,
    /// Of those drawn in GCJ-02; `None` also where this server has drawn none.
    pub tiles_gcj02: Option<Touched>,
}

/// A unit or void that differs between two versions.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Its uid.
    pub uid: Uid,
    /// Name of its level, `void` for a void.
    pub level: String,
    /// Its code now, or the last it had; none for a void.
    pub code: Option<Code>,
}

impl Change {
    /// What a caller may know of: which ones, and how many by level. Of more than are named they may know where they may
    /// know of all.
    #[must_use]
    pub fn shown(&self, scope: &Scope) -> (Option<Vec<Uid>>, Option<BTreeMap<String, usize>>) {
        if scope.sees_all() {
            let uids = self.units.as_ref().map(|units| units.iter().map(|unit| unit.uid).collect());
            return (uids, Some(self.counts.clone()));
        }
        let Some(units) = &self.units else { return (None, None) };
        let shown = units.iter().filter(|unit| unit.code.as_ref().is_none_or(|code| scope.sees(code)));
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for unit in shown.clone() {
            *counts.entry(unit.level.clone()).or_default() += 1;
        }
        (Some(shown.map(|unit| unit.uid).collect()), Some(counts))
    }
}

/// Where the feed stands for one who serves `version`: the last row that speaks of it or of what was before.
pub(super) async fn position(store: &Store, version: u64) -> Result<Option<FeedRow>, Error> {
    let mut last = None;
    loop {
        let rows = store.feed(seq(last.as_ref()), ROWS).await?;
        let full = rows.len() == ROWS as usize;
        for row in rows {
            if row.version.is_some_and(|v| v > version) {
                return Ok(last);
            }
            last = Some(row);
        }
        if !full {
            return Ok(last);
        }
    }
}

impl App {
    /// Tells listeners what the feed says, for ever.
    pub(super) async fn tell(&self) {
        let mut told = self.current.load_full();
        loop {
            self.live.gone_on.notified().await;
            let mut said = false;
            while let Err(error) = self.tell_what_is_new(&mut told).await {
                if !std::mem::replace(&mut said, true) {
                    tracing::warn!(%error, "could not tell what was published; trying on");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    async fn tell_what_is_new(&self, told: &mut Arc<Served>) -> Result<(), Error> {
        loop {
            let current = self.current.load_full();
            let number = current.record.number;
            let last = self.live.ring().last.clone();
            // From the row that was told last on: it is there still, or the feed is another one.
            let from = seq(last.as_ref()).saturating_sub(1);
            let rows = self.contact.note(self.store.feed(from, ROWS).await)?;
            let full = rows.len() == ROWS as usize;
            let mut rows = rows.into_iter();
            let is_other = last.is_some() && rows.next() != last;
            if self.live.turned.swap(false, Ordering::SeqCst) || is_other {
                let begun = self.begin_anew(told).await;
                begun.inspect_err(|_| self.live.turned.store(true, Ordering::SeqCst))?;
                continue;
            }
            for row in rows {
                if row.version.is_some_and(|v| v > number) {
                    return Ok(()); // after the swap
                }
                let change = if row.version == Some(number) && told.record.number < number {
                    let change = changed(told, &current).await?;
                    self.drawn.add(told, &current, &change);
                    *told = Arc::clone(&current);
                    Some(change)
                } else {
                    None
                };
                let what = self.happened(&row, &current, change).await?;
                self.live.add(row, what);
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// The feed is another one: what it leads to is served first, then every listener is told.
    async fn begin_anew(&self, told: &mut Arc<Served>) -> Result<(), Error> {
        self.catch_up().await?;
        // What catching up found lost is told with this.
        self.live.turned.store(false, Ordering::SeqCst);
        self.forget();
        let current = self.current.load_full();
        let last = self.contact.note(position(&self.store, current.record.number).await)?;
        *told = current;
        self.live.begin_anew(last);
        Ok(())
    }

    pub(super) async fn happened(
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
        let published = Published { record, served: served.record.number, build: served.build(), change };
        Ok(Happened::Published(Box::new(published)))
    }
}

fn code_of(served: &Served, uid: Uid) -> Option<Code> {
    let hierarchy = served.snapshot.hierarchy();
    hierarchy.by_uid(uid).map(|unit| hierarchy.unit(unit).code.clone())
}

/// What differs, worked out beside the reactor.
async fn changed(before: &Arc<Served>, after: &Arc<Served>) -> Result<Change, Error> {
    let (before, after) = (Arc::clone(before), Arc::clone(after));
    let work = move || {
        let (old, new) = (before.snapshot.atlas(), after.snapshot.atlas());
        let differences = tiling::differences(old, new);
        let tiles = tiling::touched(old, new, &differences, Plane::Wgs84);
        let gcj02 = Some(Plane::Gcj02).filter(|&plane| old.is_used(plane));
        let tiles_gcj02 = gcj02.and_then(|plane| tiling::touched(old, new, &differences, plane));
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
            units: few.then(|| {
                let code = |uid| code_of(&after, uid).or_else(|| code_of(&before, uid));
                let changed =
                    |d: &Difference| Changed { uid: d.uid, level: d.level.clone(), code: code(d.uid) };
                differences.iter().map(changed).collect()
            }),
            tiles,
            tiles_gcj02,
        }
    };
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)
}
