//! The last events, and who waits for more: what a server tells, and all who listen share.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, Semaphore, watch};

use super::live::{Event, Happened};
use crate::store::FeedRow;

/// Events that are kept, and rows of the feed that are sent to one who comes again. Beyond, a listener must look anew.
pub(super) const KEPT: usize = 256;
/// Streams open at once.
pub(super) const STREAMS: usize = 2048;

/// The events kept, and who waits for more.
#[derive(Debug)]
pub(super) struct Live {
    ring: Mutex<Ring>,
    pub newest: watch::Sender<u64>,
    /// The version served, or the feed, may have gone on.
    pub gone_on: Notify,
    /// The store has lost a version that was served.
    pub turned: AtomicBool,
    /// Rises when points or lines have been replaced.
    pub features: watch::Sender<u64>,
    pub closed: watch::Sender<bool>,
    pub streams: Arc<Semaphore>,
}

/// The last events.
#[derive(Debug)]
pub(super) struct Ring {
    /// Everything after this is in `events`.
    pub after: u64,
    pub events: VecDeque<Arc<Event>>,
    /// The feed's row that was told last.
    pub last: Option<FeedRow>,
    /// How many times the feed became another one.
    pub turns: u64,
}

impl Live {
    /// From the row at which the feed stands.
    pub fn new(last: Option<FeedRow>) -> Self {
        let at = seq(last.as_ref());
        Self {
            ring: Mutex::new(Ring { after: at, events: VecDeque::new(), last, turns: 0 }),
            newest: watch::Sender::new(at),
            gone_on: Notify::new(),
            turned: AtomicBool::new(false),
            features: watch::Sender::new(0),
            closed: watch::Sender::new(false),
            streams: Arc::new(Semaphore::new(STREAMS)),
        }
    }

    /// The version served, or the feed, may have gone on.
    pub fn look(&self) {
        self.gone_on.notify_one();
    }

    pub fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Points or lines were replaced, and the new ones are served.
    pub fn features(&self) {
        self.features.send_modify(|n| *n += 1);
    }

    /// The store has lost a version that was served.
    pub fn turn(&self) {
        self.turned.store(true, Ordering::SeqCst);
        self.look();
    }

    pub fn add(&self, row: FeedRow, what: Happened) {
        let seq = row.seq;
        {
            let mut ring = self.ring();
            ring.events.push_back(Arc::new(Event { seq, what }));
            if ring.events.len() > KEPT
                && let Some(dropped) = ring.events.pop_front()
            {
                ring.after = dropped.seq;
            }
            ring.last = Some(row);
        }
        self.newest.send_replace(seq);
    }

    /// Forgets what was told, and goes on from another row.
    pub fn begin_anew(&self, last: Option<FeedRow>) {
        let at = seq(last.as_ref());
        {
            let mut ring = self.ring();
            *ring = Ring { after: at, events: VecDeque::new(), last, turns: ring.turns + 1 };
        }
        self.newest.send_replace(at);
    }
}

/// The number of the last row of the feed, if there is one.
pub(super) fn seq(last: Option<&FeedRow>) -> u64 {
    last.map_or(0, |row| row.seq)
}
