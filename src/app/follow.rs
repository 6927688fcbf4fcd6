//! Keeping up with the store, whoever writes to it.
//!
//! ```text
//! listen ─ catch up ─┬─ the store says something, 5 s pass, or a request asks for a newer version ─ catch up ─┐
//!    ▲               └──────────────────────────────────────────────────────────────────────────────────────┘
//!    └─ wait a little longer each time, at most 1 s ─ any error
//! ```
//!
//! One round of catching up goes straight to the newest version, however many were entered, and serves all who asked
//! before it began: so quick versions collapse into one load, and a store that is away is asked once, not once a caller.
//!
//! Every 5 s the plans are published whose day has come.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;

use super::{App, Error, Served, VersionRecord, today, versions};
use crate::snapshot::Snapshot;
use crate::store::{NewVersion, Saved, StoreError};

/// How often the store is asked for a newer version, whatever it says by itself.
const POLL: Duration = Duration::from_secs(5);
/// How soon a store that a request found away is tried again.
const GLANCE: Duration = Duration::from_secs(1);
/// How long the store may take to say what its newest version is.
const PATIENCE: Duration = Duration::from_secs(4);
/// How many times in a row the store is asked in vain before what is being read from it is given up.
const SILENCES: u32 = 2;
/// How long a request for a newer version than the one served may wait for it.
const WAIT: Duration = Duration::from_secs(1);
/// Pauses before a store that failed is tried again: the first, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// Rounds of catching up.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    begun: AtomicU64,
    /// The last one that ended: its number, and what went wrong.
    ended: Mutex<(u64, Option<Wrong>)>,
    /// A request asks for a round.
    wanted: Notify,
    /// How many loads were begun. With each, what the version served has not built yet can wait.
    pub(super) loads: Arc<AtomicU64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Wrong {
    Away(String),
    Other(String),
}

impl Wrong {
    fn of(error: &Error) -> Self {
        match error {
            Error::Away { cause } => Self::Away(cause.clone()),
            other => Self::Other(other.to_string()),
        }
    }

    /// Whether it is the same trouble: a store that is away is away, however that shows.
    fn is_more_of(&self, before: &Self) -> bool {
        self == before || matches!((self, before), (Self::Away(_), Self::Away(_)))
    }

    fn error(self) -> Error {
        match self {
            Self::Away(cause) => Error::Away { cause },
            Self::Other(text) => Error::Internal(text),
        }
    }
}

impl App {
    /// Serves the store's newest version, if it is another than the one served. A round that began after the call
    /// counts for it.
    ///
    /// # Errors
    /// Where the store cannot be read, or was changed from outside: then what is served stays.
    pub async fn catch_up(&self) -> Result<(), Error> {
        let asked = self.rounds.begun.load(Ordering::SeqCst);
        let mut ended = self.rounds.ended.lock().await;
        if ended.0 > asked {
            return ended.1.clone().map_or(Ok(()), |wrong| Err(wrong.error()));
        }
        let round = self.rounds.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let done = self.contact.judge(self.round().await);
        *ended = (round, done.as_ref().err().map(Wrong::of));
        done
    }

    /// As [`Self::catch_up`], for a request, which waits at most [`WAIT`]; the round goes on without it.
    pub(super) async fn catch_up_soon(&self) -> Result<(), Error> {
        let Ok(done) = tokio::time::timeout(WAIT, self.catch_up()).await else {
            self.rounds.wanted.notify_one();
            return Err(Error::Busy("a newer version is being made ready; ask again".into()));
        };
        done
    }

    /// Saves the version after `base` and serves it as it was `prepared`, unless another than `base` was served by then. No
    /// round runs meanwhile: it would read from the store what is here already. What is left to do then is [`Self::go_on`].
    /// `None`, and nothing done, where the store has gone on from `base`.
    pub(super) async fn enter_next(
        &self,
        base: &Arc<Served>,
        new: NewVersion,
        prepared: &Arc<Snapshot>,
    ) -> Result<Option<Saved>, Error> {
        let no_round = self.rounds.ended.lock().await;
        let saved = match self.store.save(&new).await {
            Err(StoreError::Stale { .. }) => return Ok(None),
            saved => self.contact.note(saved)?,
        };
        let current = self.current.load_full();
        if current.record != base.record || current.features_stamp != base.features_stamp {
            drop(no_round);
            self.catch_up_soon().await?;
            return Ok(Some(saved));
        }
        let (start, record) = (Instant::now(), saved.version.clone());
        self.rounds.loads.fetch_add(1, Ordering::Relaxed);
        self.store_version.store(record.number, Ordering::Relaxed);
        let served = versions::next(&current, record, Arc::clone(prepared)).await?;
        self.loads.add(start.elapsed());
        self.take_up(served, current, false);
        Ok(Some(saved))
    }

    async fn round(&self) -> Result<(), Error> {
        let ask = async {
            let Some(latest) = self.store.latest().await? else { return Ok::<_, Error>(None) };
            Ok(Some((self.store.version(latest).await?, self.store.features_stamp().await?)))
        };
        let silent = || Error::Away { cause: format!("no answer within {} s", PATIENCE.as_secs()) };
        let answer = tokio::time::timeout(PATIENCE, ask).await.unwrap_or_else(|_| Err(silent()));
        let Some((record, stamp)) = answer? else { return Ok(()) };
        let latest = record.number;
        self.store_version.store(latest, Ordering::Relaxed);
        let current = self.current.load_full();
        if record == current.record && stamp == current.features_stamp {
            return Ok(());
        }
        let start = Instant::now();
        self.rounds.loads.fetch_add(1, Ordering::Relaxed);
        let loaded = tokio::select! {
            loaded = versions::load(&self.store, latest, Some(&current)) => loaded,
            away = self.away() => Err(away),
        };
        let served = loaded.inspect_err(|_| self.build_the_rest())?;
        let took = start.elapsed();
        self.loads.add(took);
        // After a failover to a standby that had less, a number may stand for another county than before.
        let lost = self.has_lost(&current.record, &record).await?;
        if lost {
            tracing::warn!(
                version = latest,
                "the store has lost versions that were served; serving what it has"
            );
        } else if latest == current.record.number {
            tracing::info!(version = latest, "serving new points and lines");
        } else {
            tracing::info!(version = latest, ms = took.as_millis() as u64, "serving a new version");
        }
        self.take_up(served, current, lost);
        self.go_on();
        Ok(())
    }

    /// Whether the store no longer has the version served, or has another under its number.
    async fn has_lost(&self, served: &VersionRecord, newest: &VersionRecord) -> Result<bool, Error> {
        if newest.number <= served.number {
            return Ok(newest != served);
        }
        match self.store.version(served.number).await {
            Ok(record) => Ok(record != *served),
            Err(StoreError::NoVersion { .. }) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Serves another version than before.
    fn take_up(&self, served: Arc<Served>, before: Arc<Served>, lost: bool) {
        let stamp = served.features_stamp.clone();
        self.identity.set_levels(&served.record.levels);
        self.current.store(served);
        if stamp != before.features_stamp {
            self.live.features();
        }
        if lost {
            self.forget();
            self.live.turn();
        } else {
            self.replaced(before, &stamp);
        }
    }

    /// Says that another version is served, and builds the rest of it.
    pub(super) fn go_on(&self) {
        self.live.look();
        self.build_the_rest();
    }

    /// What a server does beside answering, until aborted: builds the rest of the version, keeps up with the store, and
    /// tells those who listen.
    pub fn follow(self: &Arc<Self>) -> JoinHandle<()> {
        let app = Arc::clone(self);
        app.build_the_rest();
        tokio::spawn(async move { tokio::join!(app.keep_up(), app.tell()).0 })
    }

    /// Done once the store is away: what is being read from it then may never come. Silence once is not enough, since a
    /// store that is busy with the load itself may be late to answer.
    async fn away(&self) -> Error {
        let mut missed = 0;
        loop {
            tokio::time::sleep(GLANCE).await;
            match self.store.latest().await.map_err(Error::from) {
                Err(away @ Error::Away { .. }) if missed + 1 == SILENCES => return away,
                Err(Error::Away { .. }) => missed += 1,
                _ => missed = 0,
            }
        }
    }

    /// Says what is wrong when it begins, and when it is over: not each time in between.
    async fn keep_up(&self) {
        let mut pause = PAUSES[0];
        let mut said = None;
        loop {
            let Err(error) = self.keep_up_until_it_fails(&mut pause, &mut said).await;
            let wrong = Wrong::of(&error);
            if said.as_ref().is_some_and(|said| wrong.is_more_of(said)) {
                tracing::debug!(%error, "could not look for a newer version");
            } else {
                tracing::warn!(%error, "could not look for a newer version; trying on");
            }
            said = Some(wrong);
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSES[1]);
        }
    }

    /// Listens first and looks then: what is written in between is heard. A standby lets nobody listen, and is looked
    /// at all the same.
    async fn keep_up_until_it_fails(
        &self,
        pause: &mut Duration,
        said: &mut Option<Wrong>,
    ) -> Result<std::convert::Infallible, Error> {
        let listener = self.store.listen().await;
        self.catch_up().await?;
        let mut listener = listener?;
        let mut looked = Instant::now();
        loop {
            if said.take().is_some() {
                tracing::info!("the store is followed again");
            }
            self.live.look();
            *pause = PAUSES[0];
            if let Err(error) = self.follow_people().await {
                tracing::warn!(%error, "could not read who answers for the units");
            }
            let due = tokio::select! {
                // An ear that was cut off says nothing of the store: that shows when it is asked.
                heard = listener.next() => heard.map(|()| false)?,
                () = self.rounds.wanted.notified() => false,
                () = self.due(looked) => true,
            };
            self.catch_up().await?;
            if due {
                looked = Instant::now();
                listener.check().await?;
                if let Err(error) = self.publish_due(today()).await {
                    tracing::warn!(%error, "could not publish the plans of the day");
                }
            }
        }
    }

    /// Done when it is time to look by oneself, whatever was heard meanwhile: every 5 s, sooner where a request found the
    /// store away.
    async fn due(&self, looked: Instant) {
        while looked.elapsed() < POLL {
            tokio::time::sleep(GLANCE).await;
            if self.contact.away().is_some() {
                return;
            }
        }
    }
}

/// How many versions were loaded while the server ran, and how long that took.
#[derive(Debug, Default)]
pub(super) struct Loads {
    count: AtomicU64,
    micros: AtomicU64,
}

impl Loads {
    fn add(&self, took: Duration) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    }

    /// How many, and how long together.
    pub fn sum(&self) -> (u64, Duration) {
        let micros = self.micros.load(Ordering::Relaxed);
        (self.count.load(Ordering::Relaxed), Duration::from_micros(micros))
    }
}
